import type {Meta, Metric} from "../catalog.js";
import {formatName} from "../format.js";
import {Controls, Picker, type Control} from "../Picker.js";
import {distinct, type Bucket, type Choice} from "./partition.js";

/** Metric, lookback and category, kept in the address. Lookbacks stand from short to long. */
export function DecilePickers(
  rows: readonly Bucket[],
  metrics: readonly Metric[],
  meta: Meta
): Control<Choice & Record<string, string>> {
  const lookbacks = orderLookbacks(rows);
  const categories = distinct(rows, "category").sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const year = ["12 months", "1 year"].find((name) => lookbacks.includes(name)) ?? lookbacks.at(-1);
  const known = new Set(distinct(rows, "metric"));
  const category = Picker({
    label: meta.category ? capitalise(formatName(meta.category)) : "Category",
    key: "category",
    value: "*",
    options: categories.map((name) => ({value: name, label: name === "*" ? "all together" : formatName(name)}))
  });
  const lookback = Picker({
    label: "Window",
    key: "lookback",
    kind: lookbacks.length > 6 ? "select" : "radio",
    options: lookbacks,
    value: year
  });
  lookback.hidden = lookbacks.length === 0;
  category.hidden = categories.length < 2;
  return Controls({
    metric: Picker({
      label: "Metric",
      key: "metric",
      options: metrics
        .filter(({metric}) => known.size === 0 || known.has(metric))
        .map(({metric, label}) => ({value: metric, label}))
    }),
    category,
    lookback
  }) as Control<Choice & Record<string, string>>;
}

/** Lookbacks from short to long: a later start is a shorter window, no start is lifetime. */
export function orderLookbacks(rows: readonly Pick<Bucket, "lookback" | "window_start">[]): string[] {
  const starts = new Map(rows.map((row) => [row.lookback, row.window_start === null ? -Infinity : +row.window_start]));
  return [...starts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function rank(category: string): number {
  return category === "*" ? 0 : category === "(none)" ? 2 : 1;
}
