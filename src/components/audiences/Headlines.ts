import {BigNumbers} from "../BigNumber.js";
import {formatCount, formatDate, formatInstantIn, formatPercent, plural, type UnitFormat} from "../format.js";
import type {Audience} from "./audiences.js";

/** An audience in four figures: size, worth, change, and when it is looked at again. */
export function Headlines(
  audience: Audience,
  {unit, measure, timeZone}: {unit: UnitFormat; measure: string; timeZone: string}
): HTMLElement {
  const {change, schedule, next_due_at, review_at, unmatched} = audience;
  return BigNumbers(
    {
      label: "Customers",
      value: formatCount(audience.profiles),
      note: [
        `${formatPercent(audience.share)} of ${formatCount(audience.base_profiles)}`,
        ...(unmatched ? [`${plural(unmatched, "id names", "ids name")} nobody`] : [])
      ].join("; ")
    },
    {label: measure, value: unit.short(audience.value), note: `${formatPercent(audience.share_value)} of everybody's`},
    {
      label: "Since the evaluation before",
      value: change === null ? "–" : `${change > 0 ? "+" : ""}${formatCount(change)}`,
      note: change === null ? "it is the first" : "net of who left"
    },
    {
      label: "Evaluated",
      value: schedule ? `by schedule` : "by every refresh",
      note: [
        ...(schedule ? [`${schedule}${next_due_at ? `, next ${formatInstantIn(next_due_at, timeZone)}` : ""}`] : []),
        ...(review_at ? [`review on ${formatDate(review_at)}`] : [])
      ].join("; ")
    }
  );
}
