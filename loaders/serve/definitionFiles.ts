import {createHash} from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs";
import {dirname, join} from "node:path";
import {slug} from "../../lib/definitions/fields.js";
import type {Workspace} from "../workspace.js";
import {Refused} from "./refused.js";

/** The folders of the workspace whose definitions pages may write. */
export const kinds = ["audiences", "campaigns", "destinations"] as const;

export type Kind = (typeof kinds)[number];

/** A definition as its file says it. `version` changes with every byte. */
export interface DefinitionFile {
  id: string;
  /** Path relative to the workspace, as messages name it. */
  file: string;
  text: string;
  version: string;
}

/** Where a definition stands: relative to the workspace. Refuses every name that could leave its folder. */
export function definitionFile(kind: string, id: string): string {
  if (!kinds.some((known) => known === kind))
    throw new Refused(404, `no definitions of this kind: ${JSON.stringify(kind)}`);
  if (!slug.safeParse(id).success) {
    throw new Refused(400, `not a name for a file: ${JSON.stringify(id)}: expected lower case, digits, hyphens`);
  }
  return `${kind}/${id}.yaml`;
}

/** Reads a definition; undefined where there is none. */
export function readDefinition(
  workspace: Pick<Workspace, "root">,
  kind: string,
  id: string
): DefinitionFile | undefined {
  const file = definitionFile(kind, id);
  const path = pathWithin(workspace, file);
  const stat = lstatSync(path, {throwIfNoEntry: false});
  if (!stat) return undefined;
  if (!stat.isFile()) throw new Refused(403, `${file}: not a file of the workspace but a link or a folder`);
  const text = readFileSync(path, "utf8");
  return {id, file, text, version: versionOf(text)};
}

/**
 * Writes a definition whole or not at all: beside its place, to disk, then renamed over it. `before` is what it
 * replaces; where that is undefined and a file has come meanwhile, it is left alone. Throws Refused.
 */
export function writeDefinition(
  workspace: Pick<Workspace, "root">,
  file: string,
  text: string,
  before?: DefinitionFile
) {
  const path = pathWithin(workspace, file);
  mkdirSync(dirname(path), {recursive: true});
  // Names that begin with a point are no definitions: nobody reads the half-written file.
  const scratch = join(dirname(path), `.${versionOf(file).slice(0, 8)}.${process.pid}.tmp`);
  try {
    const handle = openSync(scratch, "wx", 0o644);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (before) renameSync(scratch, path);
    else linkSync(scratch, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Refused(409, `${file}: somebody else has just written it`);
  } finally {
    rmSync(scratch, {force: true});
  }
}

/** Removes a definition. */
export function removeDefinition(workspace: Pick<Workspace, "root">, file: string) {
  rmSync(pathWithin(workspace, file));
}

/** A hash of a definition's text. */
export function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** A file's path; a folder that is a link out of the workspace is refused. */
function pathWithin({root}: Pick<Workspace, "root">, file: string): string {
  const [folder, name] = file.split("/") as [string, string];
  const path = join(root, folder);
  if (existsSync(path) && realpathSync(path) !== join(realpathSync(root), folder)) {
    throw new Refused(403, `${folder}: leads out of the workspace`);
  }
  return join(path, name);
}
