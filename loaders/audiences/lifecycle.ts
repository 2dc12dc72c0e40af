import {readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {basename, dirname, join} from "node:path";
import {isMap, isScalar, parseDocument} from "yaml";
import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {suggest} from "../../lib/definitions/nearest.js";
import type {Edits, Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {dependents, type Dependent} from "./dependents.js";
import type {LastRun} from "./ledgerTables.js";
import {judgeAudiences} from "./readAudiences.js";
import {placesOf, replaceReferences, type DefinitionText} from "./replaceReferences.js";

export type State = Audience["definition"]["state"];

/** From which states an audience may go to another. */
const allowed: Record<"published" | "inactive" | "deleted", State[]> = {
  published: ["draft", "inactive"],
  inactive: ["published"],
  deleted: ["draft", "published", "inactive"]
};

/** What uses an audience keeps it from being deactivated or deleted. */
export class InUse extends Error {
  constructor(
    id: string,
    to: keyof typeof allowed,
    readonly dependents: Dependent[]
  ) {
    const list = dependents.map((one) => `${one.kind} ${one.id} (${one.file})`).join(", ");
    super(`audience "${id}" is in use, so it cannot be ${words[to]}: ${list}`);
    this.name = "InUse";
  }
}

export interface ChangeOptions {
  /** What the records say of the audiences' past. */
  last?: ReadonlyMap<string, LastRun>;
  /** Of a deletion: the audience that takes its place in everything that uses it. */
  replaceBy?: string;
}

export interface Changed {
  /** The state it was in. */
  from: State;
  /** What now names the other audience instead. */
  replaced: Dependent[];
}

/**
 * Takes an audience to another state by editing, or removing, its file; the next refresh begins or ends its stays.
 * Throws where the step is not allowed, where something would miss the audience (InUse), or (DefinitionError) where what
 * would be saved is wrong: then no file is touched. All files are changed, or none.
 */
export function changeState(
  workspace: Workspace,
  id: string,
  to: keyof typeof allowed,
  {last = new Map(), replaceBy}: ChangeOptions = {}
): Changed {
  const {audiences} = judgeAudiences(workspace, last);
  const audience = savedAudience(audiences, id);
  const from = audience.definition.state;
  if (!allowed[to].includes(from)) {
    throw new Error(`audience "${id}" is ${from}: only ${allowed[to].join(" or ")} ones can be ${words[to]}`);
  }
  const missing = to === "published" ? [] : dependents(workspace, audiences, id);
  if (to === "deleted" && replaceBy !== undefined) {
    const edits = replacing(workspace, audiences, missing, id, savedAudience(audiences, replaceBy).id);
    checkEdits(workspace, new Map([...edits.map(({file, text}) => [file, text] as const), [audience.file, undefined]]), last); // prettier-ignore
    writeDefinitions(workspace, edits, audience.file);
    return {from, replaced: missing};
  }
  if (missing.length > 0) throw new InUse(id, to, missing);
  if (to === "deleted") rmSync(join(workspace.root, audience.file));
  else {
    const {text} = workspace.audiences.find((file) => file.id === id)!;
    const edit = {file: audience.file, text: withState(text, to)};
    checkEdits(workspace, new Map([[edit.file, edit.text]]), last);
    writeDefinitions(workspace, [edit]);
  }
  return {from, replaced: []};
}

const words = {published: "published", inactive: "deactivated", deleted: "deleted"};

function replacing(
  workspace: Workspace,
  audiences: Audience[],
  users: Dependent[],
  id: string,
  other: string
): DefinitionText[] {
  if (other === id) throw new Error(`audience "${id}" cannot take its own place`);
  return users.map((user) => {
    const text = readFileSync(join(workspace.root, user.file), "utf8");
    return replaceReferences({file: user.file, text}, placesOf(user, workspace, audiences, id), id, other);
  });
}

/** Throws DefinitionError where edits would make something wrong that is not wrong now, or leave wrong what they edit. */
function checkEdits(workspace: Workspace, edits: Edits, last: ReadonlyMap<string, LastRun>): void {
  const mistakes = (audiences: Workspace["audiences"]) => {
    const {general, mistakes: own} = judgeAudiences({...workspace, audiences}, last);
    return [...general, ...[...own.values()].flat()];
  };
  const edited = workspace.audiences.flatMap((one) => {
    const text = edits.has(one.file) ? edits.get(one.file) : one.text;
    return text === undefined ? [] : [{...one, text}];
  });
  const key = ({file, path, message}: Mistake) => JSON.stringify([file, path, message]);
  const known = new Set(mistakes(workspace.audiences).map(key));
  const wrong = mistakes(edited).filter((mistake) => edits.has(mistake.file) || !known.has(key(mistake)));
  if (wrong.length > 0) throw new DefinitionError(wrong);
}

/**
 * Writes all texts beside their places, and when all of them stand, puts each into its place; `removed` is a file that
 * goes last. Where a step fails, those before it are taken back: every file is then as it was.
 */
function writeDefinitions({root}: Pick<Workspace, "root">, edits: DefinitionText[], removed?: string): void {
  const place = (file: string) => join(root, file);
  const scratch = (file: string) => join(root, dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  const before = new Map(edits.map(({file}) => [file, readFileSync(place(file))]));
  const put: string[] = [];
  try {
    for (const {file, text} of edits) writeFileSync(scratch(file), text);
    for (const {file} of edits) {
      renameSync(scratch(file), place(file));
      put.push(file);
    }
    if (removed !== undefined) rmSync(place(removed));
  } catch (error) {
    for (const file of put.reverse()) writeFileSync(place(file), before.get(file)!);
    throw error;
  } finally {
    for (const {file} of edits) rmSync(scratch(file), {force: true});
  }
}

/** Finds a saved audience. Throws an error that names the nearest one. */
export function savedAudience(audiences: Audience[], id: string): Audience {
  const found = audiences.find((audience) => audience.id === id);
  if (found) return found;
  const names = audiences.map((audience) => audience.id);
  const known = names.length === 0 ? ": there are none" : suggest(id, names) || `: there are ${names.join(", ")}`;
  throw new Error(`unknown audience "${id}"${known}`);
}

/** A definition's text with another state; everything else, comments too, stays as it was written. */
export function withState(text: string, state: State): string {
  const {contents} = parseDocument(text);
  if (!isMap(contents)) throw new Error("not a definition");
  const pair = (key: string) => contents.items.find((item) => isScalar(item.key) && item.key.value === key);
  const present = pair("state")?.value;
  if (isScalar(present) && present.range) {
    return text.slice(0, present.range[0]) + state + text.slice(present.range[1]);
  }
  const before = pair("rule") ?? pair("file") ?? pair("model");
  const key = before?.key;
  const at = isScalar(key) && key.range && !contents.flow ? key.range[0] : undefined;
  if (at === undefined) throw new Error(`say \`state: ${state}\` in the file yourself: it is not written as a block`);
  return `${text.slice(0, at)}state: ${state}\n${text.slice(at)}`;
}
