import {writeFileSync} from "node:fs";
import {tablesRead} from "../engine/lineage.js";
import type {Database} from "../engine/database.js";
import {arrowBytes, isProfileId, readColumns, type ArrowColumn} from "./arrow.js";
import type {PublishedQuery} from "./files.js";
import {hashOf} from "./manifest.js";
import {findPersonalText} from "./match.js";
import {allows, type Mark} from "./marks.js";
import {refusals, type Taints} from "./personal.js";
import {refuse, type Publication} from "./publication.js";
import {sampleTable} from "./sample.js";
import {suppress} from "./suppress.js";

/** What every publication is checked against. */
export interface Rules {
  shapes: Map<string, import("../engine/lineage.js").TableShape>;
  taints: Taints;
  mark: (column: string) => Mark;
  mode: "rows" | "aggregate";
  k: number;
  maxBytes: number;
}

/** Writes one query's result as an Arrow file, checked, sampled or with small groups hidden. Throws Refusal. */
export async function writeArrow(
  database: Database,
  path: string,
  query: PublishedQuery,
  parameters: Record<string, Date | string>,
  rules: Rules
): Promise<Publication> {
  const {tables, isOrdered} = await tablesRead(database, query.sql);
  if (tables.some((table) => !rules.shapes.has(table)) || !isShown(query, rules)) return empty(path, query);
  const order = isOrdered ? "" : "order by all";
  try {
    await database.run(`create or replace temp table publication as from (${query.sql}\n) ${order}`, parameters);
    await check(database, query, rules);
    if (rules.mode === "aggregate" && query.people && query.people !== "none") {
      const people = [query.people].flat();
      const groups = query.groups ?? (await groupColumns(database, people));
      await suppress(database, "publication", {people, groups, k: rules.k});
    }
    return await write(database, path, query.mayBeSampled ? rules.maxBytes : Infinity);
  } finally {
    await database.run("drop table if exists temp.publication");
  }
}

/** Columns as an Arrow file. */
export function writeColumns(path: string, columns: ArrowColumn[]): Publication {
  const bytes = arrowBytes(columns);
  writeFileSync(path, bytes);
  const rows = columns[0]?.values.length ?? 0;
  return {hash: hashOf(bytes), bytes: bytes.length, rows, of: rows};
}

function isShown(query: PublishedQuery, {mode}: Rules): boolean {
  return mode === "rows" || (query.when !== "rows" && query.people !== undefined);
}

function empty(path: string, query: PublishedQuery): Publication {
  return writeColumns(
    path,
    Object.keys(query.columns).map((name) => ({name, type: "text", values: []}))
  );
}

async function check(database: Database, {file, sql, when}: PublishedQuery, rules: Rules) {
  const outputs = await database.rows<{column_name: string; column_type: string}>("describe publication");
  const hasPersons = outputs.some(({column_name, column_type}) => isProfileId(column_name, column_type));
  const level = hasPersons || when === "rows" ? "rows" : "aggregate";
  const why = (column: string) => {
    const taint = rules.taints.get(column);
    if (taint) return taint;
    return allows(rules.mark(column), level) ? undefined : `not marked publish: ${level}`;
  };
  const names = outputs.map(({column_name}) => column_name);
  const found = await refusals(database, sql, names, why, rules.shapes);
  refuse(
    found.flatMap((reason, i) =>
      reason ? [`${file}: column "${names[i]}" may not be published: ${reason}; leave it out, or mark its source`] : []
    )
  );
  refuse(
    (await findPersonalText(database, "publication")).map(
      ({column, rows}) =>
        `${file}: column "${column}" holds ${rows} texts that are identities or personal values; leave it out`
    )
  );
}

async function groupColumns(database: Database, people: string[]): Promise<string[]> {
  const columns = await database.rows<{column_name: string; column_type: string}>("describe publication");
  return columns
    .filter(
      ({column_name, column_type}) =>
        !people.includes(column_name) && /^(VARCHAR|ENUM|BOOLEAN|U?(TINY|SMALL)?INT|U?INTEGER|DATE)/.test(column_type)
    )
    .map(({column_name}) => column_name);
}

async function write(database: Database, path: string, maxBytes: number): Promise<Publication> {
  const first = writeColumns(path, await readColumns(database, "publication"));
  if (first.bytes <= maxBytes) return first;
  let share = 1;
  for (let last = first; ;) {
    share *= (maxBytes / last.bytes) * 0.95;
    await sampleTable(database, "publication", "publication_sample", share);
    try {
      last = writeColumns(path, await readColumns(database, "publication_sample"));
    } finally {
      await database.run("drop table temp.publication_sample");
    }
    if (last.bytes <= maxBytes) return {...last, of: first.rows};
  }
}
