import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, realpathSync, statSync} from "node:fs";
import {basename, dirname, extname, isAbsolute, relative, resolve} from "node:path";
import type {AudienceDefinition} from "../../lib/definitions/audience.js";
import {unknownName} from "../../lib/definitions/explain.js";
import {suggest} from "../../lib/definitions/nearest.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";

type Import = NonNullable<AudienceDefinition["file"]>;

/** The namespace of surrogate ids, as pages show them. */
const surrogate = "profile";

/** What is wrong with an import before it is read; undefined where nothing is. */
export function importMistake(workspace: Workspace, file: Import): {path: string[]; message: string} | undefined {
  const path = resolve(workspace.root, file.path);
  if (!isInside(workspace.root, path)) {
    return {path: ["path"], message: `expected a file inside the workspace, not ${JSON.stringify(file.path)}`};
  }
  if (!existsSync(path) || !statSync(path).isFile()) {
    const folder = dirname(path);
    const names = existsSync(folder) ? readdirSync(folder).map((name) => relative(workspace.root, resolve(folder, name))) : []; // prettier-ignore
    return {path: ["path"], message: `no such file: ${JSON.stringify(file.path)}${suggest(file.path, names)}`};
  }
  const known = namespaces(workspace);
  const {namespace} = file;
  if (namespace === undefined && known.length === 0) return {path: [], message: "no source names an identity"};
  if (namespace !== undefined && namespace !== surrogate && !known.includes(namespace)) {
    return {path: ["namespace"], message: unknownName("namespace", namespace, [...known, surrogate])};
  }
  return undefined;
}

/** A hash of the bytes of a file of the workspace; null where there is none. */
export function fileHash({root}: Pick<Workspace, "root">, file: string): string | null {
  const path = resolve(root, file);
  if (!statSync(path, {throwIfNoEntry: false})?.isFile()) return null;
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/**
 * Reads the ids of an import and finds whom they name: makes the temporary table `target` of `profile_id`. Returns how
 * many different ids there are, and how many of them nobody known has. Throws where the column is missing or the file is not readable.
 */
export async function importIds(
  database: Database,
  workspace: Workspace,
  file: Import,
  target: string
): Promise<{ids: number; unmatched: number}> {
  const namespace = file.namespace ?? primaryNamespace(workspace)!;
  await readIds(database, workspace, file, namespace);
  const known =
    namespace === surrogate
      ? `select profile_id, ${formatIdSql("profile_id")} as id from core.profiles`
      : `select identities.profile_id, identities.value as id from core.identities as identities
         semi join core.profiles as profiles on profiles.profile_id = identities.profile_id
         where identities.namespace = ${quoteText(namespace)}`;
  await database.run(`
    create or replace temp table imported_people as
    select ids.id, known.profile_id from imported_ids as ids left join (${known}) as known on known.id = ids.id;
    create or replace temp table ${target} as
    select distinct profile_id from imported_people where profile_id is not null;
  `);
  const counts = await database.row<{ids: number; unmatched: number}>(
    `select count(distinct id) as ids, count(distinct id) filter (where profile_id is null) as unmatched
     from imported_people`
  );
  await database.run("drop table imported_people; drop table imported_ids");
  return counts!;
}

/** The different ids of a file, as identities are compared, as the temporary table `imported_ids`. */
async function readIds(database: Database, workspace: Workspace, file: Import, namespace: string): Promise<void> {
  const path = resolve(workspace.root, file.path);
  const isTable = [".csv", ".tsv"].includes(extname(path).toLowerCase());
  const lines = "delim = '\x1f', quote = '', escape = '', columns = {'column0': 'varchar'}, auto_detect = false";
  const options = isTable ? "all_varchar = true, null_padding = true" : lines;
  try {
    await database.run(
      `create or replace temp table imported_rows as
       select * from read_csv(${quoteText(path)}, header = false, ${options})`
    );
  } catch (error) {
    throw new Error(`${file.path}: ${(error as Error).message.split("\n")[0]}`, {cause: error});
  }
  const {column, skip} = await idColumn(database, file, namespace);
  const normalise = isLowered(workspace, namespace) ? "lower" : namespace === surrogate ? "upper" : "";
  await database.run(`
    create or replace temp table imported_ids as
    select distinct ${normalise}(trim(${quoteName(column)})) as id from (from imported_rows ${skip ? "offset 1" : ""})
    where trim(${quoteName(column)}) <> '';
    drop table imported_rows;
  `);
}

/** Which column holds the ids, and whether the first line is a header. */
async function idColumn(database: Database, file: Import, namespace: string) {
  const first = (await database.row<Record<string, string | null>>("from imported_rows limit 1")) ?? {column0: null};
  const columns = Object.keys(first);
  const header = Object.values(first).map((text) => text?.trim().toLowerCase() ?? "");
  const wanted = (file.column ?? namespace).toLowerCase();
  const place = header.indexOf(wanted);
  if (place >= 0) return {column: columns[place]!, skip: true};
  if (file.column !== undefined) throw new Error(`${file.path}: ${unknownName("column", file.column, header)}`);
  // Of several columns, one must be meant; of one alone, the first line may be an id as well as a header.
  return {column: columns[0]!, skip: columns.length > 1};
}

function namespaces({sources}: Pick<Workspace, "sources">): string[] {
  return [...new Set(sources.flatMap(({identities}) => identities.map(({namespace}) => namespace)))].sort();
}

/** The namespace of most sources' primary identities; the first by name among equals. */
function primaryNamespace({sources}: Pick<Workspace, "sources">): string | undefined {
  const counts = new Map<string, number>();
  for (const {identities} of sources) {
    const primary = identities.find((identity) => identity.primary) ?? identities[0];
    if (primary) counts.set(primary.namespace, (counts.get(primary.namespace) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

/** Whether identities of a namespace are compared in lower case. */
function isLowered({sources}: Pick<Workspace, "sources">, namespace: string): boolean {
  return sources.some(({identities}) =>
    identities.some((identity) => identity.namespace === namespace && identity.normalise !== "none")
  );
}

function isInside(root: string, path: string): boolean {
  const real = (place: string): string =>
    existsSync(place) ? realpathSync(place) : resolve(real(dirname(place)), basename(place));
  const way = relative(real(root), real(path));
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}
