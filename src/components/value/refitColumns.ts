import type {TableLike} from "../data.js";
import type {RefitData} from "./refit.js";

/** `value_histories.arrow` and `value_spend.arrow` as columns of numbers. */
export function refitColumns(histories: TableLike, spend: TableLike): Pick<RefitData, "histories" | "spend"> {
  return {
    histories: columns(histories, ["x", "recency", "age", "customers", "spenders", "mean"]),
    spend: columns(spend, ["orders", "mean", "customers"])
  };
}

function columns<Name extends string>(table: TableLike, names: readonly Name[]): Record<Name, Float64Array> {
  const entries = names.map((name) => {
    const vector = table.getChild(name);
    return [name, Float64Array.from({length: table.numRows}, (_, i) => Number(vector?.get(i)))];
  });
  return Object.fromEntries(entries) as Record<Name, Float64Array>;
}
