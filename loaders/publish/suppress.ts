import type {Database} from "../engine/database.js";

export interface Suppression {
  /** Counts the persons of a row. */
  people: string;
  /** Columns whose members add up to a total that may be known. */
  groups: string[];
  /** The smallest group shown. */
  k: number;
}

/**
 * Hides a table's rows of fewer than k persons, and as many others as it takes so that no total gives one away: of
 * every set of rows that adds up to a total, either none is hidden, or at least two with k persons together. Returns
 * how many rows went.
 */
export async function suppress(database: Database, table: string, {people, groups, k}: Suppression): Promise<number> {
  const columns = groups.map(quote);
  const key = columns.map((column) => `${column}::varchar, `).join("");
  const rows = await database.rows<{id: number; people: number} & Record<string, string | null>>(
    `select rowid::integer as id, coalesce(${quote(people)}, 0)::double as people
      ${columns.map((column, i) => `, ${column}::varchar as g${i}`).join("")}
     from ${table} order by ${key}rowid`
  );
  const hidden = hide(
    rows.map((row) => ({id: row.id, people: Number(row.people), groups: columns.map((_, i) => row[`g${i}`] ?? null)})),
    k
  );
  if (hidden.length > 0) {
    await database.run(`delete from ${table} where rowid in (${hidden.join(", ")})`);
  }
  return hidden.length;
}

export interface Cell {
  id: number;
  people: number;
  groups: (string | null)[];
}

/** The cells to hide, by id. `*` in a group is the total of its others. */
export function hide(cells: Cell[], k: number): number[] {
  const hidden = new Set(cells.filter(({people}) => people > 0 && people < k));
  const dimensions = cells[0]?.groups.length ?? 0;
  const families = Array.from({length: dimensions}, (_, d) => familiesOf(cells, d)).flat();
  for (let grown = true; grown;) {
    grown = false;
    for (const family of families) {
      const gone = family.filter((cell) => hidden.has(cell) && cell.people > 0);
      if (gone.length === 0) continue;
      let sum = gone.reduce((total, {people}) => total + people, 0);
      let count = gone.length;
      const shown = family.filter((cell) => !hidden.has(cell) && cell.people > 0);
      shown.sort((a, b) => a.people - b.people || a.id - b.id);
      for (const cell of shown) {
        if (count >= 2 && sum >= k) break;
        hidden.add(cell);
        sum += cell.people;
        ++count;
        grown = true;
      }
    }
  }
  return cells.filter((cell) => hidden.has(cell)).map(({id}) => id);
}

/** The sets of cells that differ in one group alone: those that add up to a total. */
function familiesOf(cells: Cell[], dimension: number): Cell[][] {
  const families = new Map<string, Cell[]>();
  for (const cell of cells) {
    if (cell.groups[dimension] === "*") continue;
    const key = JSON.stringify(cell.groups.filter((_, i) => i !== dimension));
    const family = families.get(key);
    if (family) family.push(cell);
    else families.set(key, [cell]);
  }
  return [...families.values()].filter((family) => family.length > 1);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
