import {existsSync, rmSync, statSync} from "node:fs";
import {quoteName, quoteText} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import type {Database} from "../engine/database.js";
import {tablesRead} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import {isProfileId} from "./arrow.js";
import {attached} from "./attached.js";
import type {Column} from "./columns.js";
import type {Rules} from "./arrowFile.js";
import {hashOf} from "./manifest.js";
import {columnMark, holdsPersons} from "./marks.js";
import {findPersonalText} from "./match.js";
import type {Publication} from "./publication.js";
import {fittingShare, sampleCondition} from "./sample.js";
import {suppress} from "./suppress.js";

/** A table of a published database. */
export interface PublishedTable {
  /** The table read, as schema.table. */
  from: string;
  /** Its name in the published database. */
  as: string;
  /** For messages. */
  file: string;
  columns: Column[];
  /** Columns that its rows are ordered by. */
  key: string[];
  /** Whether a share of its rows is worth something. */
  mayBeSampled: boolean;
  /** Where groups of persons below k are hidden. */
  people?: {people: string[]; groups: string[]; within: string[]};
}

/** The tables that `workspace.duckdb` holds: those whose headers mark them, with the columns that may leave. */
export function publishedTables(nodes: GraphNode[], {shapes, mode}: Rules): PublishedTable[] {
  return [...nodes]
    .filter(({name, header}) => shapes.has(name) && !name.startsWith("insights.segment_") && isShown(header, mode))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((node) => {
      const {columns} = shapes.get(node.name)!;
      const isPersonal = columns.some(({name, type}) => isProfileId(name, type));
      const {key, people, groups = key} = node.header;
      return {
        from: node.name,
        as: node.name,
        file: node.file,
        key,
        mayBeSampled: holdsPersons(node.header),
        columns: columns.filter(({name}) => {
          const mark = columnMark(node, name);
          return mode === "aggregate" || !isPersonal
            ? mark === "aggregate" || (mark === "rows" && !isPersonal)
            : mark === "rows";
        }),
        ...(mode === "aggregate" &&
          people &&
          people !== "none" && {
            people: {people: [people].flat(), groups, within: key.filter((name) => !groups.includes(name))}
          })
      };
    })
    .filter(({columns}) => columns.length > 0);
}

/** Without person-level rows only tables leave that say how they count persons, and dimensions. */
function isShown({people, role}: GraphNode["header"], mode: Rules["mode"]): boolean {
  return mode === "rows" || people !== undefined || role === "dimension";
}

/** What `segments.duckdb` holds: one wide row per profile. */
export function segmentTables(nodes: GraphNode[], {shapes, mode}: Rules): PublishedTable[] {
  const node = nodes.find(({name}) => name === "insights.segment_profiles");
  const shape = shapes.get("insights.segment_profiles");
  if (!node || !shape || mode === "aggregate") return [];
  const columns = shape.columns.filter(({name}) => columnMark(node, name) === "rows");
  return columns.length === 0
    ? []
    : [{from: node.name, as: "segments.profiles", file: node.file, columns, key: ["id"], mayBeSampled: true}];
}

/** For each table, why its columns may not leave: they derive from personal data, or hold it. */
export async function tableRefusals(
  database: Database,
  tables: PublishedTable[],
  {taints}: Rules
): Promise<string[][]> {
  const shown = tables.map(({from, columns}) => ({from: quoteName(from), columns}));
  const matches = await findPersonalText(database, shown);
  return tables.map(({from, file, columns}, i) => [
    ...columns.flatMap(({name}) => {
      const reason = taints.get(`${from}.${name}`);
      return reason ? [`${file}: column "${name}" may not be published: ${reason}; mark it publish: none`] : [];
    }),
    ...matches[i]!.map(
      ({column, rows}) =>
        `${file}: column "${column}" holds ${rows} texts that are identities or personal values; mark it publish: none`
    )
  ]);
}

/**
 * Writes tables into a new DuckDB file that a browser can attach; where it grows beyond the limit, a sample of the
 * persons: as few as it takes, though tables of counts alone may be more. Tables of `kept` are copied from the earlier
 * file instead.
 */
export async function writeDatabase(
  database: Database,
  path: string,
  tables: PublishedTable[],
  rules: Pick<Rules, "maxBytes" | "k">,
  kept: {from?: string; tables: PublishedTable[]} = {tables: []}
): Promise<Publication> {
  const views = await viewsOver(database, tables);
  const stored = tables.filter(({as}) => !views.has(as));
  const rows = await countRows(database, stored);
  await nameProfiles(database);
  // Of many rows a twentieth tells how much will fit: writing them all only to see that they do not takes longer.
  let share = rows > 3_000_000 ? 0.05 : 1;
  for (let round = 0; ; ++round) {
    await write(database, path, {tables: stored, views}, share, rules.k, kept, round > 3);
    if (round === 0 && share < 1) {
      share = fittingShare(share, statSync(path).size, rules.maxBytes);
      continue;
    }
    const {size} = statSync(path);
    if (size <= rules.maxBytes || round > 6) {
      const hash = await contentHash(database, path);
      const written = share === 1 ? rows : await publishedRows(database, path);
      return {hash, bytes: size, rows: written, of: rows};
    }
    share = fittingShare(share, size, rules.maxBytes);
  }
}

async function write(
  database: Database,
  path: string,
  {tables, views}: {tables: PublishedTable[]; views: Map<string, string>},
  share: number,
  k: number,
  kept: {from?: string; tables: PublishedTable[]},
  sampleAll: boolean
) {
  rmSync(path, {force: true});
  await attached(database, path, async (catalog) => {
    for (const table of tables) {
      const target = `${catalog}.${quoteName(table.as)}`;
      const names = table.columns.map(({name}) => name);
      const hasPersons = names.some((name) => name === "profile_id" || name === "id");
      const where =
        share < 1 && (hasPersons || (sampleAll && table.mayBeSampled)) ? `where ${sampleCondition(names, share)}` : "";
      const key = table.key.filter((name) => names.includes(name)).map((name) => `source.${quoteName(name)}`);
      const {columns, joins} = readable(table);
      await createSchema(database, catalog, table);
      await database.run(
        `create table ${target} as select ${columns.join(", ")} from ${quoteName(table.from)} as source ${joins.join(" ")}
         ${where} order by ${key.length > 0 ? key.join(", ") : "all"}`
      );
      if (table.people) {
        await suppress(database, target, {...table.people, k});
      }
    }
    await copyKept(database, catalog, kept);
    for (const [as, query] of views) await database.run(`create view ${catalog}.${quoteName(as)} as ${query}`);
  });
}

async function createSchema(database: Database, catalog: string, {as}: PublishedTable): Promise<void> {
  await database.run(`create schema if not exists ${catalog}.${quoteName(as.split(".")[0]!)}`);
}

/**
 * The views among tables that only read others among them: these are views in the published file, too, which then has
 * room for more persons. By name, the query.
 */
async function viewsOver(database: Database, tables: PublishedTable[]): Promise<Map<string, string>> {
  const known = new Map(
    (
      await database.rows<{name: string; sql: string; columns: number}>(
        `select schema_name || '.' || view_name as name, sql, column_count as columns from duckdb_views()
         where database_name = current_database() and not internal`
      )
    ).map((view) => [view.name, view])
  );
  const stored = new Set(tables.map(({from}) => from).filter((name) => !known.has(name)));
  const views = new Map<string, string>();
  for (const {from, as, columns, people} of tables) {
    const view = known.get(from);
    if (!view || people || from !== as || columns.length < view.columns) continue;
    const query = view.sql.slice(view.sql.indexOf(" AS ") + 4).replace(/;\s*$/, "");
    const {tables: read} = await tablesRead(database, query);
    if (read.every((name) => stored.has(name))) views.set(as, query);
  }
  return views;
}

/** A refused table stays as it was last published. */
async function copyKept(
  database: Database,
  catalog: string,
  {from, tables}: {from?: string; tables: PublishedTable[]}
) {
  if (!from || tables.length === 0 || !existsSync(from)) return;
  await database.run(`attach ${quoteText(from)} as earlier (read_only)`);
  try {
    const known = await database.rows<{name: string}>(
      "select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'earlier'"
    );
    for (const table of tables) {
      const {as} = table;
      if (!known.some(({name}) => name === as)) continue;
      await createSchema(database, catalog, table);
      await database.run(`create table ${catalog}.${quoteName(as)} as from earlier.${quoteName(as)}`);
    }
  } finally {
    await database.run("detach earlier");
  }
}

/** Fills the temporary table `published_ids`: surrogate ids are written once for each person, not once for each row. */
async function nameProfiles(database: Database): Promise<void> {
  const known = await database.value<boolean>(
    `select exists (from information_schema.tables
       where table_catalog = current_database() and table_schema = 'core' and table_name = 'profiles')`
  );
  await database.run(
    `create or replace temp table published_ids as
     select profile_id as _id, ${formatIdSql("profile_id")} as _text
     from ${known ? "core.profiles" : "(select null::ubigint as profile_id where false)"}`
  );
}

/** A table's columns as people read them. */
function readable({columns}: PublishedTable): {columns: string[]; joins: string[]} {
  const joins: string[] = [];
  const selected = columns.map(({name, type}, i) => {
    const column = `source.${quoteName(name)}`;
    if (!isProfileId(name, type)) return column;
    joins.push(`left join published_ids as ids${i} on ids${i}._id = ${column}`);
    // A model of the analyst's own may name people that no event does.
    return `case when ids${i}._id is null then ${formatIdSql(column)} else ids${i}._text end as ${quoteName(name)}`;
  });
  return {columns: selected, joins};
}

async function countRows(database: Database, tables: PublishedTable[]): Promise<number> {
  // Counted when they were built: to count a view anew costs as much as to read it.
  const known = new Map(
    (
      await database.rows<{name: string; rows: number}>("select name, rows from runs.versions where rows is not null")
    ).map((row) => [row.name, Number(row.rows)])
  );
  let rows = 0;
  for (const {from} of tables) {
    rows += known.get(from) ?? Number(await database.value(`select count(*) from ${quoteName(from)}`));
  }
  return rows;
}

/** Two files of the same tables differ in bytes: they are compared by their schemas, views and rows. */
export async function contentHash(database: Database, path: string): Promise<string> {
  return await readTables(database, path, async (catalog, tables) => {
    const views = await database.rows<{sql: string}>(
      "select sql from duckdb_views() where database_name = $catalog and not internal order by sql",
      {catalog}
    );
    const parts = views.map(({sql}) => sql);
    for (const {name, columns} of tables) {
      const sum = await database.row<{rows: number; sum: string}>(
        `select count(*) as rows, sum(hash(published)::hugeint)::varchar as sum from ${catalog}.${quoteName(name)} as published`
      );
      parts.push(name, columns, String(sum!.rows), sum!.sum ?? "");
    }
    return hashOf(...parts);
  });
}

async function publishedRows(database: Database, path: string): Promise<number> {
  return await readTables(database, path, async (catalog, tables) => {
    let rows = 0;
    for (const {name} of tables)
      rows += Number(await database.value(`select count(*) from ${catalog}.${quoteName(name)}`));
    return rows;
  });
}

async function readTables<T>(
  database: Database,
  path: string,
  work: (catalog: string, tables: {name: string; columns: string}[]) => Promise<T>
): Promise<T> {
  const read = async (catalog: string) =>
    work(
      catalog,
      await database.rows(
        `select schema_name || '.' || table_name as name,
           string_agg(column_name || ' ' || data_type, ', ' order by column_index) as columns
         from duckdb_columns() semi join duckdb_tables() using (database_oid, table_oid)
         where database_name = $catalog group by all order by all`,
        {catalog}
      )
    );
  return await attached(database, path, read, {readOnly: true});
}
