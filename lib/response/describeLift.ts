/** One row of `derived.lift`, as a sentence needs it. */
export interface LiftRow {
  arm_label: string;
  measure_label: string;
  kind: "rate" | "mean";
  difference: number | null;
  lower: number | null;
  upper: number | null;
  window_days: number;
  /** Whether the window has passed for everybody; while it has not, what is said is said of so far. */
  is_complete?: boolean;
}

/**
 * Says a difference in plain words: "Visits: Men's e-mail brought 7.66 points more within 14 days (95% interval 7.00
 * to 8.32)." An interval that holds zero is said to show no clear difference. `money` writes an amount. Labels stand as
 * they are written: a name of another language would be wrong in lower case.
 */
export function describeLift(row: LiftRow, money: (value: number) => string): string {
  const {arm_label: arm, difference, lower, upper} = row;
  const what = row.measure_label;
  const isOpen = row.is_complete === false;
  const within = isOpen ? "so far" : `within ${row.window_days} day${row.window_days === 1 ? "" : "s"}`;
  if (difference === null || lower === null || upper === null || ![difference, lower, upper].every(Number.isFinite))
    return `${what}: too few people to compare ${arm} ${within}.`;
  const amount = row.kind === "rate" ? points : money;
  const range = (low: number, high: number) =>
    `${isOpen ? stillOpen(row.window_days) : ""}95% interval ${amount(low)} to ${amount(high)}`;
  const head = row.kind === "mean" && !/ per /i.test(what) ? " per head" : "";
  const by = (value: number) => `${amount(value)}${row.kind === "rate" ? " points" : ""}`;
  if (lower <= 0 && upper >= 0)
    return `${what}: ${arm} made no clear difference ${within}: ${difference > 0 ? "+" : ""}${by(difference)}${head} (${range(lower, upper)}).`;
  if (difference > 0)
    return `${what}: ${arm} brought ${by(difference)} more${head} ${within} (${range(lower, upper)}).`;
  return `${what}: ${arm} cost ${by(-difference)}${head} ${within} (${range(-upper, -lower)}).`;
}

/** What is said ahead of an interval whose window has not passed for everybody. */
export function stillOpen(days: number): string {
  return `${days} day${days === 1 ? " has" : "s have"} not passed yet; `;
}

/** A rate's difference in percentage points, with two decimals as beside it. */
export function points(value: number): string {
  return (value * 100).toFixed(2).replace(/^-(0\.0*)$/, "$1");
}
