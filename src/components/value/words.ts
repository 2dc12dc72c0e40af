import {formatCount, formatDate, formatNumber, formatPercent, plural, type UnitFormat} from "../format.js";
import {checkValue, type CurvePoint, type ValueCheck, type ValueFit, type ValueSummary} from "./value.js";

/** The models that the page can fit, by the name that definitions use. */
export const modelNames: Record<string, string> = {
  "mbg-nbd": "MBG/NBD",
  "bg-nbd": "BG/NBD",
  "pareto-nbd": "Pareto/NBD",
  nbd: "NBD, no drop-out"
};

/** A model as papers write it. */
export function modelName(name: string | null | undefined): string {
  if (!name) return "none";
  const regularity = /^mbg-cnbd-(\d+)$/.exec(name)?.[1];
  if (regularity) return `MBG/CNBD-${regularity}`;
  return {...modelNames, nbd: "NBD", "bg-bb": "BG/BB", sbg: "sBG", "gamma-gamma": "Gamma-Gamma"}[name] ?? name;
}

/** How few customers hold half of what is expected, in one sentence. */
export function leadSentence(summary: ValueSummary, unit: UnitFormat): string {
  const {customers, half, expected_value, horizon, basis} = summary;
  if (!expected_value) return `Nothing is expected of these ${plural(customers, "customer")} in the next ${horizon}.`;
  const few = `${plural(half, "customer")} of ${formatCount(customers)} (${formatPercent(half / customers, half / customers < 0.1 ? 1 : 0)})`;
  return `${few} ${half === 1 ? "holds" : "hold"} half of the ${amount(expected_value, basis, unit)} expected in the next ${horizon}.`;
}

/** An amount in three digits with what it is of: `$67.1k of revenue`, `26.6M points`. */
function amount(value: number, basis: string, unit: UnitFormat): string {
  return `${shortValue(value, unit)}${isMoney(unit) ? ` of ${basis}` : ""}`;
}

/** A value in three digits, with its unit where that is no currency: `$67.1k`, `26.6M points`. */
export function shortValue(value: number | null | undefined, unit: UnitFormat): string {
  return [unit.short(value), isMoney(unit) ? "" : unit.name].filter(Boolean).join(" ");
}

/** Whether values are money, which alone has a margin. */
export function isMoney({name}: UnitFormat): boolean {
  return /^[A-Z]{3}$/.test(name);
}

/** Why nothing can be forecast; undefined where something can. */
export function refusal(summary: ValueSummary | undefined, asked: ValueFit | undefined): string | undefined {
  if (!summary) return "No orders in this workspace: there is nothing to forecast.";
  if (summary.forecast > 0) return undefined;
  const reason = asked?.message ?? "no model could be fitted";
  return `Nothing can be forecast yet. ${reason[0]!.toUpperCase()}${reason.slice(1)}.`;
}

/** A fit's status in one sentence. */
export function statusSentence(fit: {status: string; message: string | null; model: string}, used?: string | null) {
  if (fit.status === "ok") return "The search settled, and every parameter is told by the data.";
  const what = fit.status === "boundary" ? "At a boundary" : "Not converged";
  const instead = used && used !== fit.model ? ` The forecast uses ${modelName(used)} in its place.` : "";
  return `${what}: ${fit.message ?? "the data leave a parameter open"}.${instead}`;
}

/** `likely still buying, 87%`. */
export function aliveLabel(p: number | null): string {
  if (p === null) return "not told by the data";
  const words = p >= 0.7 ? "likely still buying" : p >= 0.3 ? "may still be buying" : "probably gone";
  return `${words}, ${formatPercent(p, 0)}`;
}

/** `about 1.5 orders in 12 months`; below one, among how many customers like this an order is expected. */
export function ordersLabel(orders: number | null, horizon: string): string {
  if (orders === null) return "–";
  if (orders < 0.02) return `hardly any order in ${horizon}`;
  if (orders < 0.75)
    return `about 1 order in ${horizon} from ${formatCount(Math.max(2, Math.round(1 / orders)))} like this`;
  const rounded = orders < 9.75 ? Math.round(orders * 2) / 2 : Math.round(orders);
  return `about ${rounded === 1 ? "1 order" : `${formatNumber(rounded, 1)} orders`} in ${horizon}`;
}

/** `$36 expected, likely $0 to $90`. */
export function valueLabel(
  expected: number | null,
  lower: number | null,
  upper: number | null,
  unit: UnitFormat
): string {
  if (expected === null) return "–";
  const whole = (value: number) => unit.short(value >= 9.5 ? Math.round(value) : Math.round(value * 100) / 100);
  const range = lower === null || upper === null ? "" : `, likely ${whole(lower)} to ${whole(upper)}`;
  return `${whole(expected)} expected${range}`;
}

/** How the forecast's total fared against what came, and against the baseline's, in one sentence. */
export function checkFinding(checks: readonly ValueCheck[], measure: "orders" | "value", unit: UnitFormat): string {
  const origin = checks[0]?.origin;
  if (!origin) return "";
  const get = (key: string, series: string) => checkValue(checks, `${measure}.${key}`, series, origin);
  const [predicted, actual, rate] = [get("predicted", "model"), get("actual", "model"), get("predicted", "rate")];
  if (predicted === undefined || actual === undefined) return "";
  const write =
    measure === "orders"
      ? (value: number) => plural(Math.round(value), "order")
      : (value: number) => shortValue(value, unit);
  const against = rate === undefined ? "" : `; carrying on at the past rate would have said ${write(rate)}`;
  return `Of the customers known by ${formatDate(origin)} the forecast said ${write(predicted)}, and ${write(actual)} came${offBy(predicted, actual)}${against}.`;
}

/** Totals and errors of forecast and baseline, for a caption. */
export function checkCaption(checks: readonly ValueCheck[], measure: "orders" | "value"): string {
  const origin = checks[0]?.origin;
  if (!origin) return "";
  const parts = [
    ["forecast", "model"],
    ["past rate × mean", "rate"]
  ].flatMap(([label, series]) => {
    const [ratio, rmse] = ["ratio", "rmse"].map((key) => checkValue(checks, `${measure}.${key}`, series!, origin));
    if (rmse === undefined) return [];
    return [`${label} ${ratio === undefined ? "–" : ratio.toFixed(2)} (RMSE per customer ${rmse.toFixed(2)})`];
  });
  return parts.length === 0 ? "" : `Predicted ÷ actual: ${parts.join(", ")}.`;
}

function offBy(predicted: number, actual: number): string {
  if (actual === 0) return "";
  const off = predicted / actual - 1;
  if (Math.abs(off) < 0.005) return ", as said";
  return `: ${formatPercent(Math.abs(off), 0)} too ${off > 0 ? "many" : "few"}`;
}

/** How the expected value concentrates, beside what was spent so far. */
export function curveFinding(points: readonly CurvePoint[]): string {
  const held = (series: string, share: number) =>
    points.find((point) => point.series === series && point.share_customers >= share - 1e-9)?.share_value;
  const best = held("expected", 0.1);
  if (best === undefined) return "";
  const past = held("historic", 0.1);
  const beside = past === undefined ? "" : `, against ${formatPercent(past, 0)} of what was spent so far`;
  return `The best tenth hold ${formatPercent(best, 0)} of the expected value${beside}.`;
}

/** A parameter with its error, as `r 0.618 ± 0.091`. */
export function parameterText(name: string, estimate: number, error: number | null | undefined): string {
  const digits = new Intl.NumberFormat("en-US", {maximumSignificantDigits: 3});
  return `${name} ${digits.format(estimate)}${error ? ` ± ${new Intl.NumberFormat("en-US", {maximumSignificantDigits: 2}).format(error)}` : ""}`;
}
