import {html} from "htl";
import type {DryRun} from "../companion.js";
import {formatCount, plural} from "../format.js";
import {Table} from "../Table.js";
import {powerText} from "./power.js";
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

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
