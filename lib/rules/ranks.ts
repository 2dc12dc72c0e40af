import {partitionAt} from "./at.js";
import type {RuleContext} from "./dates.js";
import type {Parameters} from "./bind.js";
import type {Catalogue, Field} from "./field.js";
import {both, never} from "./logic.js";

/** The tables of metrics and deciles: one row per profile, metric, lookback and category, with `value` and `bucket`. */
export interface RankTables {
  /** At as-of: derived.deciles. */
  current: string;
  /** At every instant of the calendar, `as_of`: derived.decile_snapshots. */
  snapshots: string;
  key: string;
}

/**
 * The metrics and deciles of other times and of single categories, side by side: `_key`, `_0`, `_1`, … Null where there
 * is none.
 */
export function ranksSql(
  wanted: Pick<Field, "kind" | "name" | "lookback" | "at" | "category">[],
  tables: RankTables,
  context: RuleContext & {fields: Catalogue; parameters: Parameters},
  only?: string
): string {
  const {parameters, fields} = context;
  const parts = wanted.map((field, i) => {
    const partition = field.at === undefined ? undefined : partitionAt(field.at, fields.partitions ?? [], context);
    const table = partition ? tables.snapshots : tables.current;
    const picked = field.kind === "decile" ? "bucket::utinyint" : "value::double";
    const filter = both([
      // Where the calendar begins later nobody had any.
      ...(field.at !== undefined && !partition ? [never] : []),
      ...(partition ? [`as_of = ${parameters.instant(partition)}`] : []),
      `metric = ${parameters.bind(field.name, "varchar")}`,
      `lookback = ${parameters.bind(field.lookback!, "varchar")}`,
      `category = ${parameters.bind(field.category ?? "*", "varchar")}`,
      ...(only ? [`${tables.key} = ${only}`] : [])
    ]);
    const columns = wanted.map(
      (other, j) => `${j === i ? picked : other.kind === "decile" ? "null::utinyint" : "null::double"} as _${j}`
    );
    return `select ${tables.key} as _key, ${columns.join(", ")} from ${table} where ${filter}`;
  });
  if (parts.length === 1) return parts[0]!;
  const merged = wanted.map((_, i) => `max(_${i}) as _${i}`);
  return `select _key, ${merged.join(", ")} from (\n    ${parts.join("\n    union all ")}\n  ) as ranks group by _key`;
}
