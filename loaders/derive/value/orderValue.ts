import type {Forecast} from "../../../lib/value/forecast.js";

/** SQL of a customer's expected order value over `customers.spend_orders` and `customers.spend_mean`. */
export function orderValueSql({spendParameters, meanOrderValue}: Forecast): string {
  if (!spendParameters) return `${meanOrderValue}::double`;
  const [p, q, v] = spendParameters.map((parameter) => `${parameter}::double`);
  const known = "case when customers.spend_mean > 0 then customers.spend_orders else 0 end";
  const total = "case when customers.spend_mean > 0 then customers.spend_orders * customers.spend_mean else 0 end";
  return `(${p} * (${v} + ${total}) / (${p} * ${known} + ${q} - 1))::double`;
}
