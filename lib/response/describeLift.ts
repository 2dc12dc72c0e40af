/** One row of `derived.lift`, as a sentence needs it. */
export interface LiftRow {
  arm_label: string;
  measure_label: string;
  kind: "rate" | "mean";
  difference: number | null;
  lower: number | null;
  upper: number | null;
  window_days: number;
}

/**
 * Says a difference in plain words: "Men's e-mail brought 7.7 points more “Visited” within 14 days (95 % interval 7.0
 * to 8.3)." An interval that holds zero is said to show no clear difference. `money` writes an amount per head.
 */
export function describeLift(row: LiftRow, money: (value: number) => string): string {
  const {arm_label: arm, measure_label: measure, difference, lower, upper} = row;
  const within = `within ${row.window_days} day${row.window_days === 1 ? "" : "s"}`;
  if (difference === null || lower === null || upper === null || ![difference, lower, upper].every(Number.isFinite))
    return `${arm}: too few people to compare “${measure}” ${within}.`;
  const amount = row.kind === "rate" ? points : money;
  const range = (low: number, high: number) => `95 % interval ${amount(low)} to ${amount(high)}`;
  const unit = row.kind === "rate" ? " points" : " per head";
  if (lower <= 0 && upper >= 0)
    return `${arm} made no clear difference to “${measure}” ${within}: ${signed(difference, amount)}${unit} (${range(lower, upper)}).`;
  if (difference > 0)
    return `${arm} brought ${amount(difference)}${unit} more “${measure}” ${within} (${range(lower, upper)}).`;
  return `${arm} cost ${amount(-difference)}${unit} of “${measure}” ${within} (${range(-upper, -lower)}).`;
}

/** A rate's difference in percentage points: one decimal, two below one point. */
function points(value: number): string {
  const hundred = value * 100;
  return hundred.toFixed(Math.abs(hundred) < 0.995 ? 2 : 1).replace(/^-(0\.?0*)$/, "$1");
}

function signed(value: number, amount: (value: number) => string): string {
  return value > 0 ? `+${amount(value)}` : amount(value);
}
