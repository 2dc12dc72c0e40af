import {writeFileSync} from "node:fs";
import {columnsOf, type Column} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {tablesRead} from "../engine/lineage.js";
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
    const columns = await columnsOf(database, "publication");
    await check(database, query, columns, rules);
    if (rules.mode === "aggregate" && query.people && query.people !== "none") {
      const people = [query.people].flat();
      const groups = query.groups ?? groupColumns(columns, people);
      await suppress(database, "publication", {people, groups, k: rules.k});
    }
    return await write(database, path, columns, query.mayBeSampled ? rules.maxBytes : Infinity);
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

async function check(database: Database, {file, sql, when}: PublishedQuery, columns: Column[], rules: Rules) {
  const hasPersons = columns.some(({name, type}) => isProfileId(name, type));
  const level = hasPersons || when === "rows" ? "rows" : "aggregate";
  const why = (column: string) => {
    const taint = rules.taints.get(column);
    if (taint) return taint;
    return allows(rules.mark(column), level) ? undefined : `not marked publish: ${level}`;
  };
  const names = columns.map(({name}) => name);
  const found = await refusals(database, sql, names, why, rules.shapes);
  refuse(
    found.flatMap((reason, i) =>
      reason ? [`${file}: column "${names[i]}" may not be published: ${reason}; leave it out, or mark its source`] : []
    )
  );
  const [matches] = await findPersonalText(database, [{from: "publication", columns}]);
  refuse(
    matches!.map(
      ({column, rows}) =>
        `${file}: column "${column}" holds ${rows} texts that are identities or personal values; leave it out`
    )
  );
}

function groupColumns(columns: Column[], people: string[]): string[] {
  return columns
    .filter(
      ({name, type}) => !people.includes(name) && /^(VARCHAR|ENUM|BOOLEAN|U?(TINY|SMALL)?INT|U?INTEGER|DATE)/.test(type)
    )
    .map(({name}) => name);
}

async function write(database: Database, path: string, columns: Column[], maxBytes: number): Promise<Publication> {
  const first = writeColumns(path, await readColumns(database, {from: "publication", columns}));
  if (first.bytes <= maxBytes) return first;
  let share = 1;
  for (let last = first; ;) {
    share *= (maxBytes / last.bytes) * 0.95;
    await sampleTable(database, "publication", "publication_sample", share);
    try {
      last = writeColumns(path, await readColumns(database, {from: "publication_sample", columns}));
    } finally {
      await database.run("drop table temp.publication_sample");
    }
    if (last.bytes <= maxBytes) return {...last, of: first.rows};
  }
}
