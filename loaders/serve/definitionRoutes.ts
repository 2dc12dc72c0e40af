import type {FastifyInstance} from "fastify";
import {z} from "zod";
import type {Workspace} from "../workspace.js";
import {checkEdit} from "./checkEdit.js";
import {
  definitionFile,
  readDefinition,
  removeDefinition,
  versionOf,
  writeDefinition,
  type DefinitionFile
} from "./definitionFiles.js";
import {readBody} from "./readBody.js";
import {Refused} from "./refused.js";

/** Which text the page had before it when it began: null where there was no file. */
const version = z.string().nullable();
const saved = z.strictObject({text: z.string(), version});
const checked = z.strictObject({text: z.string()});
const removed = z.strictObject({version});

type Place = {Params: {kind: string; id: string}};

/**
 * Definitions by kind and id, as YAML: `GET` one, `POST …/check` a text without saving it, `PUT` and `DELETE` it.
 * Whoever writes says which version was read; where the file has changed since, the answer is 409 with what it says
 * now. What is wrong comes back as 422 with `mistakes` by file and line, and nothing is written.
 */
export function definitionRoutes(app: FastifyInstance, workspace: Pick<Workspace, "root" | "landing">): void {
  const path = "/definitions/:kind/:id";
  app.get<Place>(path, async ({params: {kind, id}}) => {
    const found = readDefinition(workspace, kind, id);
    if (!found) throw new Refused(404, `no such file: ${definitionFile(kind, id)}`);
    return found;
  });
  app.post<Place>(`${path}/check`, async ({params: {kind, id}, body}) => {
    const {text} = readBody(checked, body);
    return {mistakes: checkEdit(workspace, definitionFile(kind, id), text)};
  });
  app.put<Place>(path, async ({params: {kind, id}, body}) => {
    const {text, version} = readBody(saved, body);
    const before = unchanged(kind, id, version);
    const file = definitionFile(kind, id);
    refuseMistakes(file, text);
    writeDefinition(workspace, file, text, before);
    return {id, file, version: versionOf(text)};
  });
  app.delete<Place>(path, async ({params: {kind, id}, body}) => {
    const before = unchanged(kind, id, readBody(removed, body).version);
    if (!before) throw new Refused(404, `no such file: ${definitionFile(kind, id)}`);
    refuseMistakes(before.file, undefined);
    removeDefinition(workspace, before.file);
    return {id, file: before.file, version: null};
  });

  /** The definition as it stands, if it is the one that the page has read. */
  function unchanged(kind: string, id: string, version: string | null): DefinitionFile | undefined {
    const now = readDefinition(workspace, kind, id);
    if ((now?.version ?? null) === version) return now;
    const what = now
      ? version === null
        ? "there is a file of this name already"
        : "it has changed since it was opened"
      : "it has been deleted since it was opened";
    throw new Refused(409, `${definitionFile(kind, id)}: ${what}`, {version: now?.version ?? null, text: now?.text});
  }

  function refuseMistakes(file: string, text: string | undefined) {
    const mistakes = checkEdit(workspace, file, text);
    if (mistakes.length === 0) return;
    const [{message, ...place}] = mistakes as [(typeof mistakes)[number]];
    const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : "";
    throw new Refused(422, `${place.file}:${place.line}: ${message}${more}`, {mistakes});
  }
}
