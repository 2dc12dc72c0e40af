import {headlines, kpis, type Kpi} from "../../lib/response/kpis.js";
import {BigNumbers, type BigNumberOptions} from "../BigNumber.js";
import {formatCount, formatMoney, formatPercent, formatPoints, plural} from "../format.js";
import {isKnown, mainLift, responseOf, type ArmSummary, type Campaign, type LiftRow} from "./campaigns.js";
import {isSplitBroken} from "./words.js";

export interface HeadlineOptions {
  currency: string;
  campaign: Campaign;
  lifts: readonly LiftRow[];
  /** The campaign that went out before it, which changes are told against. */
  before?: {campaign: Campaign; summary: ArmSummary};
}

/**
 * The headline figures of a campaign, each with its 95% interval, its denominator and the change against the campaign
 * before: what came back, and what it brought.
 */
export function Headlines(summary: ArmSummary, options: HeadlineOptions): HTMLElement {
  const {currency, campaign} = options;
  const notes: Record<string, string> = {
    delivered: `${formatCount(summary.delivered)} of ${formatCount(summary.sent)} sent`,
    human_open_rate: `${formatCount(summary.human_opened)} of ${formatCount(summary.delivered)} delivered, machines left out`,
    click_rate: `${formatCount(summary.human_clicked)} of ${formatCount(summary.delivered)} delivered, scanners left out`,
    revenue_per_mail: `${formatMoney(summary.revenue, currency)} credited within ${campaign.conversion_days ?? 0} days, net of refunds`
  };
  return BigNumbers(
    ...headlines.map((headline): BigNumberOptions => {
      const kpi = kpis.find(({name}) => name === headline)!;
      const {name, label, unit, value} = kpi;
      if (!isKnown(name, campaign)) return {label, value: "–", note: "no opens or clicks are recorded"};
      const {estimate, lower, upper} = value(responseOf(summary, campaign.margin));
      const write = (v: number) => (unit === "money" ? formatMoney(v, currency) : formatPercent(v));
      const interval =
        Number.isFinite(lower) && estimate !== 1 ? `95% interval ${write(lower)} to ${write(upper)}; ` : "";
      return {label, value: write(estimate), change: change(kpi, estimate, options), note: `${interval}${notes[name]}`};
    }),
    liftNumber(options)
  );
}

function change({name, unit, value}: Kpi, now: number, {before, currency}: HeadlineOptions): string | undefined {
  if (!before || !isKnown(name, before.campaign)) return undefined;
  const difference = now - value(responseOf(before.summary, before.campaign.margin)).estimate;
  if (!Number.isFinite(difference)) return undefined;
  const sign = difference > 0 ? "+" : "";
  const amount = unit === "money" ? `${sign}${formatMoney(difference, currency)}` : formatPoints(difference);
  return `${amount} against ${before.campaign.name}`;
}

/** The difference to the people held out, over the longest window that has passed. */
function liftNumber({lifts, currency}: HeadlineOptions): BigNumberOptions {
  const row = mainLift(lifts);
  if (!row) return {label: "Lift", value: "–", note: "nobody was held out"};
  const label = `Lift: ${row.measure_label}`;
  if (isSplitBroken(lifts)) return {label, value: "–", note: "the arms are not as large as they were meant to be"};
  if (row.lower === null || row.upper === null) return {label, value: "–", note: "too few people to compare"};
  const write = (v: number) => (row.kind === "rate" ? formatPoints(v, 2) : formatMoney(v, currency));
  const within = `within ${plural(row.window_days, "day")}${row.is_complete ? "" : ", which has not passed yet"}`;
  return {
    label,
    value: write(row.difference),
    note: `95% interval ${write(row.lower)} to ${write(row.upper)}; ${formatCount(row.n_treated)} assigned less ${formatCount(row.n_control)} held out, ${within}`
  };
}
