import {existsSync, statSync} from "node:fs";
import {join} from "node:path";
import {catalogue, type Catalogue} from "../../lib/rules/field.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {KnownAudience} from "../../lib/rules/surroundings.js";
import type {Database} from "../engine/database.js";
import {relationKind} from "../engine/relationKind.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {warehouseFields, type WarehouseField} from "./fields.js";
import {isInlined, references} from "./references.js";
import {warehouseEvents} from "./warehouseEvents.js";

/**
 * What rules may name: fields of profiles and events, and (where given) audiences and the instants of the calendar.
 * What is left out is not checked against.
 */
export function ruleCatalogue(
  workspace: Workspace,
  {audiences, partitions, fields = warehouseFields(workspace)}: {audiences?: Audience[]; partitions?: string[] | undefined; fields?: WarehouseField[]} = {} // prettier-ignore
): Catalogue {
  return catalogue(fields, {
    ...(workspace.sources.length > 0 && warehouseEvents(workspace)),
    ...(audiences && {audiences: audiences.map(known)}),
    ...(partitions && {partitions})
  });
}

/** The calendar's instants of the warehouse, ISO; undefined where no rule asks for a time, for they are looked up in all deciles. */
export async function partitionsOf(database: Database, rules: Rule[]): Promise<string[] | undefined> {
  if (!/"at":/.test(JSON.stringify(rules))) return undefined;
  if (!(await relationKind(database, "derived.decile_snapshots"))) return [];
  const rows = await database.rows<{as_of: Date}>("select distinct as_of from derived.decile_snapshots order by as_of");
  return rows.map(({as_of}) => as_of.toISOString());
}

/** The files of values that a rule names by `in_file` or `not_in_file`. */
export function listsOf(rule: unknown): string[] {
  if (typeof rule !== "object" || rule === null) return [];
  return Object.entries(rule).flatMap(([key, value]) =>
    (key === "in_file" || key === "not_in_file") && typeof value === "string" ? [value] : listsOf(value)
  );
}

/** Those of a rule's files of values that are not there. */
export function missingLists({root}: Pick<Workspace, "root">, rule: Rule): string[] {
  return [...new Set(listsOf(rule))].filter((file) => {
    const path = join(root, file);
    return file.split(/[\\/]/).includes("..") || !existsSync(path) || !statSync(path).isFile();
  });
}

function known({id, definition}: Audience): KnownAudience {
  const {name, rule, state} = definition;
  return {
    id,
    name,
    state,
    ...(isInlined({audience: id, membership: "now", path: []}, definition)
      ? {rule}
      : {audiences: references(definition).map(({audience}) => audience)})
  };
}
