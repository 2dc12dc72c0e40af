import {quoteColumn} from "../../lib/sql.js";
import type {TableColumns} from "../engine/columns.js";
import type {Database} from "../engine/database.js";

/** A published column that holds an identity or a personal value. */
export interface Match {
  column: string;
  rows: number;
}

/**
 * Looks for identities and personal values (`personal_values`, see collectPersonalValues) in tables' texts: the whole
 * text, each word of it, and up to three words together. The value itself is never told. Gives the matches of each
 * table; one query for all, as there are many columns of few texts.
 */
export async function findPersonalText(database: Database, tables: TableColumns[]): Promise<Match[][]> {
  const texts = tables.flatMap(({from, columns}, table) =>
    columns
      .filter(({type}) => /VARCHAR|ENUM/.test(type))
      .map(({name, type}) => ({table, column: name, sql: textsSql(quoteColumn(name), type, from)}))
  );
  if (texts.length === 0) return tables.map(() => []);
  const found = await database.rows<{place: number; rows: number}>(`
    with found as (
      ${texts.map(({sql}, place) => `select ${place} as place, text from (${sql})`).join(" union all ")}
    ), texts as (
      select distinct place, lower(trim(text)) as text from found where length(text) >= 6
    ), words as (
      select place, list_filter(regexp_split_to_array(text, '${between}+'), lambda word: word <> '') as words
      from texts where regexp_matches(text, '${between}')
    ), candidates as (
      select place, text as value from texts
      union all
      select place, unnest(words) from words
      union all
      select place, unnest(list_transform(range(1, len(words)), lambda i: words[i] || ' ' || words[i + 1])) from words
      union all
      select place, unnest(list_transform(range(1, len(words) - 1), lambda i: words[i] || ' ' || words[i + 1] || ' ' || words[i + 2]))
      from words
    )
    select place, count(distinct value)::integer as rows from candidates semi join personal_values using (value)
    group by place order by place`);
  return tables.map((_, table) =>
    found.flatMap(({place, rows}) => (texts[place]!.table === table ? [{column: texts[place]!.column, rows}] : []))
  );
}

/** What stands between words: a class of characters, within an SQL text. */
const between = String.raw`[\s,;:"''\x60<>()\[\]{}=|\\]`;

/** SQL of a column's texts (`text`), each once where that is cheap: of few words, or the keys of a map to numbers. */
function textsSql(column: string, type: string, from: string): string {
  if (type === "VARCHAR") return `select ${column} as text from ${from}`;
  if (/^ENUM\(.*\)$/.test(type))
    return `select word::varchar as text from (select distinct ${column} as word from ${from})`;
  if (/^MAP\(VARCHAR, (DOUBLE|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)\)$/.test(type)) {
    return `select unnest(keys) as text from (select distinct map_keys(${column}) as keys from ${from})`;
  }
  return `select to_json(${column})::varchar as text from ${from}`;
}
