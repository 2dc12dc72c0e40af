import {quoteColumn} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

/** A published column that holds an identity or a personal value. */
export interface Match {
  column: string;
  rows: number;
}

/**
 * Looks for identities and personal values (`personal_values`, see collectPersonalValues) in a table's texts: the whole
 * text, each word of it, and up to three words together. The value itself is never told.
 */
export async function findPersonalText(database: Database, table: string): Promise<Match[]> {
  const columns = await database.rows<{column_name: string; column_type: string}>(`describe ${table}`);
  const matches: Match[] = [];
  for (const {column_name: name, column_type: type} of columns) {
    if (!/VARCHAR|ENUM/.test(type)) continue;
    const rows = await database.value<number>(`
      with found as (
        ${textsSql(quoteColumn(name), type, table)}
      ), texts as (
        select distinct lower(trim(text)) as text from found where length(text) >= 6
      ), words as (
        select text, list_filter(regexp_split_to_array(text, '[\\s,;:"''\`<>()\\[\\]{}=|\\\\]+'), lambda word: word <> '') as words
        from texts
      ), candidates as (
        select text as value from texts
        union all
        select unnest(words) from words where len(words) > 1
        union all
        select unnest(list_transform(range(1, len(words)), lambda i: words[i] || ' ' || words[i + 1]))
        from words where len(words) > 2
        union all
        select unnest(list_transform(range(1, len(words) - 1), lambda i: words[i] || ' ' || words[i + 1] || ' ' || words[i + 2]))
        from words where len(words) > 3
      )
      select count(distinct value) from candidates semi join personal_values using (value)`);
    if (rows) matches.push({column: name, rows: Number(rows)});
  }
  return matches;
}

/** SQL of a column's texts (`text`), each once where that is cheap: of few words, or the keys of a map to numbers. */
function textsSql(column: string, type: string, table: string): string {
  if (type === "VARCHAR") return `select ${column} as text from ${table}`;
  if (/^ENUM\(.*\)$/.test(type))
    return `select word::varchar as text from (select distinct ${column} as word from ${table})`;
  if (/^MAP\(VARCHAR, (DOUBLE|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)\)$/.test(type)) {
    return `select unnest(keys) as text from (select distinct map_keys(${column}) as keys from ${table})`;
  }
  return `select to_json(${column})::varchar as text from ${table}`;
}
