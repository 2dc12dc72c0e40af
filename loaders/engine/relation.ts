/** A column of a relation, and the columns of tables that it derives from. */
export interface Column {
  /** Undefined where the engine makes one up. */
  name?: string;
  sources: Set<string>;
  /** It stands for any number of columns: an unnested struct's. */
  isOpen?: boolean;
}

/** What stands in a FROM clause. */
export interface Relation {
  alias: string;
  /** schema.table, where it is one. */
  table?: string;
  columns: Column[];
  /** What columns derive from that are not among the known ones: of table functions, whose columns nobody lists. */
  rest?: Set<string>;
  /** Columns that a star leaves to the left side of a join. */
  hidden?: Set<string>;
}

export function union(sets: Iterable<Set<string>>): Set<string> {
  const all = new Set<string>();
  for (const set of sets) for (const item of set) all.add(item);
  return all;
}
