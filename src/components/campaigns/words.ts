import {formatChance, formatCount, formatMoney, formatPercent, plural} from "../format.js";
import {tenfold} from "../tenfold.js";
import {mainLift, type ArmSummary, type Campaign, type LiftRow} from "./campaigns.js";

/** Of fewer conversions in all arms together a reader is told. */
const fewEvents = 10;

/** What a reader must know before trusting a campaign's figures, one sentence each. */
export function warnings(campaign: Campaign, lifts: readonly LiftRow[]): string[] {
  const result: string[] = [];
  const broken = lifts.find((row) => row.is_sample_ratio_ok === false);
  if (broken)
    result.push(
      `The arms are not as large as they were meant to be (chance ${formatChance(broken.sample_ratio_p)}): the assignment or its record is broken, and differences to the holdout would mean nothing, so none are shown.`
    );
  const rate = mainLift(lifts.filter(({kind}) => kind === "rate"));
  const events = rate && rate.events_treated + rate.events_control;
  if (rate && events! < fewEvents && !broken)
    result.push(
      `Only ${plural(events!, "person", "people")} of ${formatCount(rate.n_treated + rate.n_control)} did what counts (${rate.measure_label}, ${plural(rate.window_days, "day")}): whatever the difference, so few can hardly show it.`
    );
  if (campaign.sent_to_holdout > 0)
    result.push(`${plural(campaign.sent_to_holdout, "mail")} went to people held out: the differences are too small.`);
  if (campaign.orphans > 0)
    result.push(`${plural(campaign.orphans, "response")} matched no send: kept, and counted nowhere.`);
  if (campaign.before_send > 0)
    result.push(
      `${plural(campaign.before_send, "response")} came more than five minutes before the send: kept, and counted nowhere.`
    );
  return result;
}

/** Why a campaign has nothing that came back: it has not been sent, or its mails are not recorded. */
export function notMailed({campaign_id: id, assigned, orphans}: Campaign): {why: string; hint?: string} {
  if (orphans > 0) return {why: "No mail of this campaign is recorded: only responses that match no send."};
  if (assigned > 0) return {why: "No mail of this campaign is recorded: people are assigned to it, and that is all."};
  return {
    why: "This campaign has not been sent yet.",
    hint: `Send it with ${tenfold(`activate AUDIENCE DESTINATION --campaign ${id}`)}, or land what was sent elsewhere.`
  };
}

/** Why a campaign has no comparison with people held out, and what to do about it. */
export function noComparison(arms: readonly ArmSummary[]): {why: string; hint: string} {
  const own = arms.filter(({arm}) => arm !== "*");
  if (own.length === 0) {
    return {
      why: "Nobody has been assigned to this campaign yet, so there is nothing to compare.",
      hint: "People are assigned when it is sent, or by the assignments that land."
    };
  }
  if (own.every(({is_holdout}) => is_holdout)) {
    return {
      why: "Everybody was held out of this campaign: nobody was mailed, so there is nothing to compare.",
      hint: "Give an arm that is mailed a share in the campaign's definition."
    };
  }
  return {
    why: "Nobody was held out of this campaign, so what it brought cannot be told from what would have come anyway.",
    hint: "Hold out a part of the people at random next time: an arm called holdout, or one that the definition marks."
  };
}

/** Whether the arms are so far from the sizes meant that the report of differences stops. */
export function isSplitBroken(lifts: readonly LiftRow[]): boolean {
  return lifts.some((row) => row.is_sample_ratio_ok === false);
}

/** What an attribution to the last mail would claim, beside what the holdout shows; nothing where either is missing. */
export function attribution(
  arms: readonly ArmSummary[],
  lifts: readonly LiftRow[],
  {conversion_days}: Campaign,
  currency: string
): string | undefined {
  const all = arms.find((arm) => arm.arm === "*");
  const money = lifts.filter((row) => row.kind === "mean" && row.is_complete && row.is_sample_ratio_ok !== false);
  const row = [...money].sort((a, b) => a.arm_position - b.arm_position || b.window_days - a.window_days)[0];
  if (!all || !row || all.revenue <= 0 || row.lower === null || row.total_lower === null) return undefined;
  const share = row.total / row.sum_treated;
  const claim = `Crediting every order within ${conversion_days} days to the last mail claims ${formatMoney(all.revenue, currency)}.`;
  if (row.lower <= 0) {
    return `${claim} Against the people held out no clear gain shows within ${row.window_days} days (95% interval ${formatMoney(row.total_lower, currency)} to ${formatMoney(row.total_upper, currency)}).`;
  }
  return `${claim} Against the people held out ${formatMoney(row.total, currency)} were gained within ${row.window_days} days (95% interval ${formatMoney(row.total_lower, currency)} to ${formatMoney(row.total_upper, currency)}): ${formatPercent(share, 0)} of what the ${formatCount(row.n_treated)} people spent.`;
}
