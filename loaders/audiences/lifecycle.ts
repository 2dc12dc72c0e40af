import {renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {isMap, isScalar, parseDocument} from "yaml";
import {suggest} from "../../lib/definitions/nearest.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {dependents} from "./dependents.js";
import type {LastRun} from "./ledgerTables.js";
import {readAudiences} from "./readAudiences.js";

export type State = Audience["definition"]["state"];

/** From which states an audience may go to another. */
const allowed: Record<"published" | "inactive" | "deleted", State[]> = {
  published: ["draft", "inactive"],
  inactive: ["published"],
  deleted: ["draft", "published", "inactive"]
};

/**
 * Takes an audience to another state by editing, or removing, its file; the next refresh begins or ends its stays.
 * Throws where the step is not allowed, where something would miss the audience, or (DefinitionError) where it names
 * others that are not published. Returns the state it was in.
 */
export function changeState(
  workspace: Workspace,
  id: string,
  to: keyof typeof allowed,
  last: ReadonlyMap<string, LastRun> = new Map()
): State {
  const audiences = readAudiences(workspace, last);
  const audience = savedAudience(audiences, id);
  const from = audience.definition.state;
  if (!allowed[to].includes(from)) {
    throw new Error(`audience "${id}" is ${from}: only ${allowed[to].join(" or ")} ones can be ${words[to]}`);
  }
  if (to !== "published") {
    const missing = dependents(workspace, audiences, id);
    if (missing.length > 0) {
      const list = missing.map((one) => `${one.kind} ${one.id} (${one.file})`).join(", ");
      throw new Error(`audience "${id}" is in use, so it cannot be ${words[to]}: ${list}`);
    }
  }
  const path = join(workspace.root, audience.file);
  if (to === "deleted") {
    rmSync(path);
    return from;
  }
  const edited = workspace.audiences.map((file) => (file.id === id ? {...file, text: withState(file.text, to)} : file));
  readAudiences({...workspace, audiences: edited}, last);
  const scratch = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(scratch, edited.find((file) => file.id === id)!.text);
    renameSync(scratch, path);
  } finally {
    rmSync(scratch, {force: true});
  }
  return from;
}

const words = {published: "published", inactive: "deactivated", deleted: "deleted"};

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
