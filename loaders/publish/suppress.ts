import {quoteColumn} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";

export interface Suppression {
  /** Count the persons of a row: each has to be none or k. */
  people: string[];
  /** Columns whose members add up to a total that may be known. */
  groups: string[];
  /** Columns that tell apart rows that never add up to one total: as-of instants, metrics. */
  within?: string[];
  /** The smallest group shown. */
  k: number;
}

/**
 * Hides a table's rows of fewer than k persons, and as many others as it takes so that no total gives one away: of
 * every set of rows that adds up to a total, either none is hidden, or at least two with k persons together. Returns
 * how many rows went.
 */
export async function suppress(
  database: Database,
  table: string,
  {people, groups, within = [], k}: Suppression
): Promise<number> {
  const columns = groups.map(quoteColumn);
  const key = columns.map((column) => `${column}::varchar, `).join("");
  const apart = within.map((name) => `coalesce(${quoteColumn(name)}::varchar, chr(0))`).join(" || chr(31) || ");
  const rows = await database.rows<{id: number; people: number[]; apart: string} & Record<string, string | null>>(
    `select rowid::integer as id, [${people.map((name) => `coalesce(${quoteColumn(name)}, 0)::double`).join(", ")}] as people, ${apart || "''"} as apart
      ${columns.map((column, i) => `, ${column}::varchar as g${i}`).join("")}
     from ${table} order by ${key}rowid`
  );
  const hidden = hide(
    rows.map((row) => ({
      id: row.id,
      people: row.people.map(Number),
      groups: columns.map((_, i) => row[`g${i}`] ?? null),
      within: row.apart
    })),
    k
  );
  if (hidden.length > 0) {
    await database.run(`delete from ${table} where rowid in (${hidden.join(", ")})`);
  }
  return hidden.length;
}

export interface Cell {
  id: number;
  /** Its counts of persons. */
  people: number[];
  groups: (string | null)[];
  /** Rows that differ in it never add up to one total. */
  within?: string;
}

/** The cells to hide, by id. `*` in a group is the total of its others. */
export function hide(cells: Cell[], k: number): number[] {
  const hidden = new Set(cells.filter(({people}) => people.some((count) => count > 0 && count < k)));
  const dimensions = cells[0]?.groups.length ?? 0;
  const families = Array.from({length: dimensions}, (_, d) => familiesOf(cells, d)).flat();
  const counts = cells[0]?.people.map((_, i) => (cell: Cell) => cell.people[i]!) ?? [];
  for (let grown = true; grown;) {
    grown = false;
    for (const family of families) for (const count of counts) grown = hideMore(family, count, hidden, k) || grown;
  }
  return cells.filter((cell) => hidden.has(cell)).map(({id}) => id);
}

/** Hides the next smallest where a total would give a hidden count away; says whether it did. */
function hideMore(family: Cell[], count: (cell: Cell) => number, hidden: Set<Cell>, k: number): boolean {
  const counted = family.filter((cell) => count(cell) > 0);
  const gone = counted.filter((cell) => hidden.has(cell));
  if (gone.length === 0) return false;
  let sum = gone.reduce((total, cell) => total + count(cell), 0);
  const shown = counted.filter((cell) => !hidden.has(cell)).sort((a, b) => count(a) - count(b) || a.id - b.id);
  let more = 0;
  for (const cell of shown) {
    if (gone.length + more >= 2 && sum >= k) break;
    hidden.add(cell);
    sum += count(cell);
    ++more;
  }
  return more > 0;
}

/** The sets of cells that differ in one group alone: those that add up to a total. */
function familiesOf(cells: Cell[], dimension: number): Cell[][] {
  const families = new Map<string, Cell[]>();
  for (const cell of cells) {
    if (cell.groups[dimension] === "*") continue;
    const key = JSON.stringify([cell.within, cell.groups.filter((_, i) => i !== dimension)]);
    const family = families.get(key);
    if (family) family.push(cell);
    else families.set(key, [cell]);
  }
  return [...families.values()].filter((family) => family.length > 1);
}
