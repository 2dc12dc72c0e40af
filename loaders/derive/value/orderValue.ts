import type {Forecast} from "../../../lib/value/forecast.js";

/** SQL of a customer's expected order value over `customers.spend_orders` and `customers.spend_mean`. */
export function orderValueSql({spendParameters, meanOrderValue}: Forecast): string {
  if (!spendParameters) return `${meanOrderValue}::double`;
  const [p, q, v] = spendParameters.map((parameter) => `${parameter}::double`);
  // Orders that cost nothing are known too: they say that the next may cost little.
  const known = "customers.spend_orders";
  const total = "coalesce(customers.spend_orders * customers.spend_mean, 0)";
  return `(${p} * (${v} + ${total}) / (${p} * ${known} + ${q} - 1))::double`;
}
