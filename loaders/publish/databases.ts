import {rmSync} from "node:fs";
import {quoteName, quoteText} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import type {Column} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {tablesRead} from "../engine/lineage.js";
import type {GraphNode} from "../engine/node.js";
import {isProfileId} from "./arrow.js";
import {attached} from "./attached.js";
import type {Rules} from "./arrowFile.js";
import {writeFitting} from "./fitting.js";
import {hashOf} from "./manifest.js";
import {columnMark, holdsPersons} from "./marks.js";
import {findPersonalText} from "./match.js";
import type {Earlier, Publication} from "./publication.js";
import {sampleCondition} from "./sample.js";
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
 * persons: as few as it takes, though tables of counts alone may be more. Tables of `kept` are copied from the file
 * before instead.
 */
export async function writeDatabase(
  database: Database,
  path: string,
  tables: PublishedTable[],
  {maxBytes, k}: Pick<Rules, "maxBytes" | "k">,
  {kept, before}: {kept: PublishedTable[]; before: Earlier}
): Promise<Publication> {
  const views = await viewsOver(database, tables);
  const stored = tables.filter(({as}) => !views.has(as));
  const of = await countRows(database, stored);
  const content = {tables: stored, views, kept, before};
  const fit = {rows: of, maxBytes, tried: before.trial};
  const {share, bytes, trial} = await writeFitting(path, fit, async (share, round) =>
    write(database, path, content, {share, k, sampleAll: round > 3})
  );
  const {hash, rows} = await contents(database, path);
  const written = share === 1 ? of : [...rows.values()].reduce((sum, count) => sum + count, 0);
  return {hash, bytes, rows: written, of, trial};
}

/** What a file is made of. */
interface Content {
  tables: PublishedTable[];
  /** Their queries, by name. */
  views: Map<string, string>;
  /** Tables copied from the file before. */
  kept: PublishedTable[];
  before: Earlier;
}

interface Sampling {
  share: number;
  /** Whether tables without a column of persons are sampled, too. */
  sampleAll: boolean;
}

async function write(database: Database, path: string, content: Content, sampling: Sampling & {k: number}) {
  const {tables, views, kept, before} = content;
  const schemas = new Set([...tables, ...kept].map(({as}) => as.split(".")[0]!));
  await nameProfiles(database, sampling);
  rmSync(path, {force: true});
  await attached(database, path, async (catalog) => {
    await database.transaction(async () => {
      for (const schema of schemas) await database.run(`create schema ${catalog}.${quoteName(schema)}`);
      for (const table of tables)
        await database.run(`create table ${catalog}.${quoteName(table.as)} as ${tableSql(table, sampling)}`);
    });
    for (const {as, people} of tables)
      if (people) await suppress(database, `${catalog}.${quoteName(as)}`, {...people, k: sampling.k});
    if (before.path && kept.length > 0) await copyTables(database, {from: before.path, to: catalog}, kept);
    for (const [as, query] of views) await database.run(`create view ${catalog}.${quoteName(as)} as ${query}`);
  });
}

/** SQL of the rows of a table that are published. */
function tableSql(table: PublishedTable, {share, sampleAll}: Sampling): string {
  const names = table.columns.map(({name}) => name);
  const hasPersons = names.some((name) => name === "profile_id" || name === "id");
  const isSampled = hasPersons || (sampleAll && table.mayBeSampled);
  const key = table.key.filter((name) => names.includes(name)).map((name) => `source.${quoteName(name)}`);
  const {columns, joins} = readable(table);
  return `select ${columns.join(", ")} from ${quoteName(table.from)} as source ${joins.join(" ")}
    where ${isSampled ? sampleCondition(names, share) : "true"} order by ${key.length > 0 ? key.join(", ") : "all"}`;
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
async function copyTables(database: Database, {from, to}: {from: string; to: string}, tables: PublishedTable[]) {
  await database.run(`attach ${quoteText(from)} as earlier (read_only)`);
  try {
    const known = await database.rows<{name: string}>(
      "select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'earlier'"
    );
    for (const {as} of tables) {
      if (!known.some(({name}) => name === as)) continue;
      await database.run(`create table ${to}.${quoteName(as)} as from earlier.${quoteName(as)}`);
    }
  } finally {
    await database.run("detach earlier");
  }
}

/** Fills the temporary table `published_ids`: surrogate ids are written once for each person, not once for each row. */
async function nameProfiles(database: Database, {share}: Sampling): Promise<void> {
  const known = await database.value<boolean>(
    `select exists (from information_schema.tables
       where table_catalog = current_database() and table_schema = 'core' and table_name = 'profiles')`
  );
  await database.run(
    `create or replace temp table published_ids as
     select profile_id as _id, ${formatIdSql("profile_id")} as _text
     from ${known ? "core.profiles" : "(select null::ubigint as profile_id where false)"}
     where ${sampleCondition(["profile_id"], share)}`
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

/**
 * The rows of each table of a file, and one hash of all that it holds: two files of the same tables differ in bytes, and
 * are compared by their schemas, views and rows.
 */
export async function contents(database: Database, path: string): Promise<{hash: string; rows: Map<string, number>}> {
  const read = async (catalog: string) => {
    const views = await database.rows<{sql: string}>(
      "select sql from duckdb_views() where database_name = $catalog and not internal order by sql",
      {catalog}
    );
    const tables = await database.rows<{name: string; columns: string}>(
      `select schema_name || '.' || table_name as name,
         string_agg(column_name || ' ' || data_type, ', ' order by column_index) as columns
       from duckdb_columns() semi join duckdb_tables() using (database_oid, table_oid)
       where database_name = $catalog group by all order by all`,
      {catalog}
    );
    const sums = tables.map(
      ({name}, place) =>
        `select ${place} as place, count(*) as rows, sum(hash(published)::hugeint)::varchar as sum
         from ${catalog}.${quoteName(name)} as published`
    );
    const counted =
      sums.length === 0
        ? []
        : await database.rows<{rows: number; sum: string | null}>(`${sums.join(" union all ")} order by place`);
    const parts = tables.flatMap(({name, columns}, i) => [
      name,
      columns,
      String(counted[i]!.rows),
      counted[i]!.sum ?? ""
    ]);
    return {
      hash: hashOf(...views.map(({sql}) => sql), ...parts),
      rows: new Map(tables.map(({name}, i) => [name, counted[i]!.rows]))
    };
  };
  return await attached(database, path, read, {readOnly: true});
}
