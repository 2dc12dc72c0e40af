import type {Row} from "../data.js";

/** The row of `value.arrow`. */
export interface ValueSummary extends Row {
  customers: number;
  /** Those of whom something can be forecast. */
  forecast: number;
  expected_value: number | null;
  expected_orders: number | null;
  still_customers: number | null;
  /** The fewest customers who hold half of the expected value. */
  half: number;
  historic_net: number;
  before_orders: number;
  before_net: number | null;
  customers_truncated: number;
  horizon: string;
  basis: string;
}

/** A row of `value_fit.arrow`. */
export interface ValueFit extends Row {
  part: string;
  model: string;
  status: string;
  message: string | null;
  log_likelihood: number | null;
  aic: number | null;
  bic: number | null;
  likelihood_ratio: number | null;
  customers: number;
  orders: number;
  one_timers: number;
  truncated: number;
  unit: "day" | "week" | "month";
  basis: string;
  first_order: boolean;
  until: Date;
  horizon: string;
  discount_rate: number;
  margin: number | null;
  condition_number: number | null;
  data_hash: string;
}

/** A row of `value_parameters.arrow`. */
export interface ValueParameter extends Row {
  part: string;
  place: number;
  name: string;
  estimate: number;
  standard_error: number | null;
}

/** A row of `value_checks.arrow`. */
export interface ValueCheck extends Row {
  origin: Date;
  until: Date;
  part: string;
  measure: string;
  series: string;
  place: number;
  value: number;
}

/** A row of `value_calibration.arrow`. */
export interface ValueTenth extends Row {
  origin: Date;
  until: Date;
  measure: string;
  tenth: number;
  customers: number;
  predicted: number;
  actual: number;
  baseline: number;
}

/** A row of `value_tracking.arrow`. */
export interface ValueWeek extends Row {
  day: Date;
  origin: Date;
  actual: number;
  predicted: number;
}

/** A row of `value_curve.arrow`. */
export interface CurvePoint extends Row {
  series: string;
  share_customers: number;
  share_value: number;
  customers: number;
  gini: number;
}

/** A number of `value_checks.arrow`; undefined where it is not there. */
export function checkValue(
  checks: readonly ValueCheck[],
  measure: string,
  series: string,
  origin: Date,
  place = 0
): number | undefined {
  return checks.find(
    (row) => row.measure === measure && row.series === series && row.place === place && +row.origin === +origin
  )?.value;
}
