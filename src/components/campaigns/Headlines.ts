import {headlines, kpis} from "../../lib/response/kpis.js";
import {BigNumbers} from "../BigNumber.js";
import {formatCount, formatMoney, formatPercent} from "../format.js";
import {responseOf, type ArmSummary} from "./campaigns.js";

/** The four headline figures of a campaign, each with its 95 % interval and its denominator. */
export function Headlines(
  summary: ArmSummary,
  {currency, hasResponses, days}: {currency: string; hasResponses: boolean; days: number | null}
): HTMLElement {
  const response = responseOf(summary);
  const notes: Record<string, string> = {
    delivered: `${formatCount(summary.delivered)} of ${formatCount(summary.sent)} sent`,
    human_open_rate: `${formatCount(summary.human_opened)} of ${formatCount(summary.delivered)} delivered, machines left out`,
    click_rate: `${formatCount(summary.human_clicked)} of ${formatCount(summary.delivered)} delivered, scanners left out`,
    revenue_per_mail: `${formatMoney(summary.revenue, currency)} credited within ${days ?? 0} days, net of refunds`
  };
  return BigNumbers(
    ...headlines.map((headline) => {
      const {name, label, unit, value} = kpis.find((kpi) => kpi.name === headline)!;
      const isKnown = hasResponses || name === "delivered" || name === "revenue_per_mail";
      const {estimate, lower, upper} = value(response);
      const write = (v: number) => (unit === "money" ? formatMoney(v, currency) : formatPercent(v));
      if (!isKnown) return {label, value: "–", note: "no opens or clicks are recorded"};
      const interval =
        Number.isFinite(lower) && estimate !== 1 ? `95 % interval ${write(lower)} to ${write(upper)}; ` : "";
      return {label, value: write(estimate), note: `${interval}${notes[name]}`};
    })
  );
}
