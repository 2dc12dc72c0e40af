import {detectable, holdoutSize, power} from "../../lib/stats/power.js";
import {formatCount, formatMoney, formatNumber, formatPercent, plural} from "../format.js";
import type {DryRun} from "../companion.js";
import type {RateRow} from "./activation.js";

export interface PowerOf {
  /** The share held out, 0 to 1. */
  heldOut: number;
  /** The rise asked for, as a share: 0.01 is a point. */
  rise: number;
  /** The gain asked for in money per head. */
  gain: number;
  /** The workspace's. */
  currency: string;
}

/** What a holdout of so many can show, a sentence each. */
export function powerSentences(
  {profiles, converted, window_days: days, events}: RateRow,
  asked: Pick<PowerOf, "heldOut" | "rise">
): string[] {
  const base = profiles > 0 ? converted / profiles : 0;
  const outcome = {kind: "rate", base} as const;
  const what = events === "commerce.purchase" ? "bought something" : `had ${events}`;
  const sentences = [
    `Of ${plural(profiles, "member")} ${formatCount(converted)} (${formatPercent(base)}) ${what} in the ${plural(days, "day")} before as-of, without the campaign.` // prettier-ignore
  ];
  const held = Math.round(profiles * asked.heldOut);
  if (held === 0) {
    sentences.push("Nobody is held out: what the campaign brings cannot be told.");
  } else {
    const least = detectable(outcome, profiles - held, held);
    sentences.push(
      Number.isFinite(least)
        ? `With ${formatPercent(asked.heldOut)} held out, ${plural(held, "person", "people")}, a lift of ${points(least)} or more can be seen (80% power, 5% error).` // prettier-ignore
        : `With ${formatPercent(asked.heldOut)} held out, ${plural(held, "person", "people")}, no lift can be seen.`
    );
  }
  const need = holdoutSize(outcome, asked.rise, profiles);
  if (need !== undefined) {
    sentences.push(
      `To see a lift of ${points(asked.rise)} you need ${formatCount(need)} held out of ${formatCount(profiles)}, ${formatPercent(need / profiles)}.` // prettier-ignore
    );
  } else if (base + asked.rise < 1) {
    const people = peopleNeeded(base, asked.rise);
    sentences.push(
      `To see a lift of ${points(asked.rise)} you need more people: even half of ${formatCount(profiles)} held out is not enough; ${formatCount(people / 2)} held out of ${formatCount(people)} would be.` // prettier-ignore
    );
  } else {
    sentences.push(`A lift of ${points(asked.rise)} cannot be: it would be more than everybody.`);
  }
  return sentences;
}

/** The same of money per head, which needs far more people than rates; nothing where it is not judged. */
export function moneySentences(
  {profiles, mean, deviation, window_days: days}: RateRow,
  {heldOut, gain, currency}: Omit<PowerOf, "rise">
): string[] {
  if (mean === null || deviation === null || profiles < 2) return [];
  const money = (amount: number) => formatMoney(amount, currency);
  if (deviation === 0) {
    const same = mean === 0 ? "Nobody spent anything" : `Everybody spent the same, ${money(mean)},`;
    return [`${same} in those ${plural(days, "day")}: what it takes to see a gain in money cannot be told.`];
  }
  const outcome = {kind: "mean", deviation} as const;
  const held = Math.round(profiles * heldOut);
  const sentences = [
    `They spent ${money(mean)} per head in those ${plural(days, "day")}, whoever spent nothing included (standard deviation ${money(deviation)}).`
  ];
  const least = detectable(outcome, profiles - held, held);
  if (held > 0 && Number.isFinite(least)) {
    sentences.push(`With ${formatPercent(heldOut)} held out, a gain of ${money(least)} per head or more can be seen.`);
  }
  const need = holdoutSize(outcome, gain, profiles);
  sentences.push(
    need === undefined
      ? `To see a gain of ${money(gain)} per head you need more people than these, even with half of them held out.`
      : `To see a gain of ${money(gain)} per head you need ${formatCount(need)} held out of ${formatCount(profiles)}, ${formatPercent(need / profiles)}.`
  );
  return sentences;
}

/** The smallest lift that each share held out can show, for a chart; shares that show none are left out. */
export function powerCurve({profiles, converted}: RateRow): {heldOut: number; least: number}[] {
  const outcome = {kind: "rate", base: profiles > 0 ? converted / profiles : 0} as const;
  return Array.from({length: 50}, (_, i) => (i + 1) / 100)
    .map((heldOut) => {
      const held = Math.round(profiles * heldOut);
      return {heldOut, least: detectable(outcome, profiles - held, held)};
    })
    .filter(({least}) => Number.isFinite(least));
}

/** How many people it takes, half of them held out, for a rise to be seen. */
function peopleNeeded(base: number, rise: number): number {
  const finds = (half: number) => power({kind: "rate", base}, rise, half, half) >= 0.8;
  let high = 1;
  while (!finds(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (finds(middle)) high = middle;
    else low = middle;
  }
  return 2 * high;
}

function points(share: number): string {
  const value = share * 100;
  const text = formatNumber(value, value < 10 ? 2 : 1);
  return `${text} ${text === "1" ? "point" : "points"}`;
}

/** What a dry run says of its holdout: whoever could be sent, and what could be seen. */
export function powerText({
  treated,
  heldOut,
  base,
  windowDays,
  detectable,
  neededForOnePoint,
  money
}: NonNullable<DryRun["power"]>) {
  const rate = `${formatPercent(base)} of the ${plural(treated + heldOut, "person", "people")} who could be sent converted in the last ${plural(windowDays, "day")}`; // prettier-ignore
  if (heldOut === 0) return `${rate}; nobody is held out, so what the campaign brings cannot be told.`;
  const sees = detectable === null ? "no lift" : `a lift of ${formatNumber(detectable * 100, 2)} points or more`;
  const need = neededForOnePoint === null ? "even half of them would not be enough" : `${formatCount(neededForOnePoint)} would have to be`; // prettier-ignore
  return `${rate}. With ${formatCount(heldOut)} held out ${sees} can be seen; to see 1 point, ${need}.${money ? moneyText(money) : ""}`;
}

function moneyText({mean, deviation, detectable}: NonNullable<NonNullable<DryRun["power"]>["money"]>): string {
  if (deviation === 0) {
    const same = mean === 0 ? "None of them spent anything" : `All of them spent the same, ${formatNumber(mean, 2)},`;
    return ` ${same} in that time: what gain can be seen cannot be told.`;
  }
  const sees = detectable === null ? "no gain" : `a gain of ${formatNumber(detectable, 2)} per head or more`;
  return ` They spent ${formatNumber(mean, 2)} per head (standard deviation ${formatNumber(deviation, 2)}): ${sees} can be seen.`; // prettier-ignore
}
