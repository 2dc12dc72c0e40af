import {html} from "htl";
import type {DryRun} from "../companion.js";
import {formatCount, formatNumber, formatPercent, plural} from "../format.js";
import {Table} from "../Table.js";
import {reasonName} from "./words.js";

/** What a delivery would do: counts, why others would not be sent, arms, and the first rows, masked. */
export function DryRunReport({members, actions, unchanged, exclusions, arms, power, rows}: DryRun): HTMLElement {
  const names = [...new Set(rows.flatMap(({fields}) => Object.keys(fields)))];
  const told = actions.add + actions.update + actions.remove;
  return html`<div class="dry-run">
    <p>
      Of ${plural(members, "member")} <b>${formatCount(actions.add)}</b> would be added and
      <b>${formatCount(actions.update)}</b> updated, ${formatCount(unchanged)} are there already unchanged;
      <b>${formatCount(actions.remove)}</b> would be taken off again.${told === 0 ? " There is nothing to send." : ""}
    </p>
    ${Table(
      exclusions.map(({reason, profiles}) => ({reason: reasonName(reason), profiles})),
      {caption: "Not sent", showCaption: true, columns: {reason: "Why", profiles: "Members"}, empty: "Everybody could be sent."} // prettier-ignore
    )}
    ${arms.length > 1 ? Table(arms, {caption: "Arms", showCaption: true, columns: {arm: "Arm", isHoldout: "Held out", profiles: "People"}}) : null}
    ${power ? html`<p>${powerText(power)}</p>` : null}
    ${Table(
      rows.map(({action, fields}) => ({
        action,
        ...Object.fromEntries(names.map((name) => [name, shown(fields[name])]))
      })),
      {
        caption: `The first ${plural(rows.length, "row")}, masked`,
        showCaption: true,
        columns: {action: "Action", ...Object.fromEntries(names.map((name) => [name, name]))},
        empty: "No row would be sent."
      }
    )}
  </div>`;
}

function powerText({
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
  const sees = detectable === null ? "no gain" : `a gain of ${formatNumber(detectable, 2)} per head or more`;
  return ` They spent ${formatNumber(mean, 2)} per head (standard deviation ${formatNumber(deviation, 2)}): ${sees} can be seen.`; // prettier-ignore
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
