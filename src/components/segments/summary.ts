import type {Table} from "apache-arrow";
import type {DragColumns, Part, Summary} from "../../lib/rules/drag.js";

/** Sums the rows of a summary's query. */
export function summaryOf(table: Table): Summary {
  const summary: Summary = {profiles: 0, value: 0, categories: new Map(), deciles: new Map()};
  const {category, decile, profiles, value} = vectors(table, ["category", "decile", "profiles", "value"]);
  for (let i = 0; i < table.numRows; ++i) {
    const part = {profiles: Number(profiles![i]), value: Number(value![i] ?? 0)};
    add(summary, part);
    addTo(summary.categories, (category![i] as string | null) ?? "(none)", part);
    addTo(summary.deciles, decile![i] as number | null, part);
  }
  return summary;
}

function addTo<K>(parts: Map<K, Part>, key: K, part: Part) {
  const sum = parts.get(key) ?? {profiles: 0, value: 0};
  add(sum, part);
  parts.set(key, sum);
}

function add(sum: Part, {profiles, value}: Part) {
  sum.profiles += profiles;
  sum.value += value;
}

function vectors<T extends string>(table: Table, names: T[]): Record<T, ArrayLike<unknown>> {
  return Object.fromEntries(names.map((name) => [name, [...table.getChild(name)!]])) as unknown as Record<
    T,
    ArrayLike<unknown>
  >;
}

/** The columns of a drag's query. */
export function columnsOf(table: Table): DragColumns {
  return vectors(table, ["bin", "category", "decile", "t", "tv", "f", "fv"]) as unknown as DragColumns;
}
