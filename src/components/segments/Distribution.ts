import {html, svg} from "htl";
import {fieldFamily} from "../../lib/rules/field.js";
import {formatCount, formatDate, formatPercent, formatShort} from "../format.js";
import type {ProfileField} from "./fields.js";
import {histogramBars} from "./Spread.js";

/** How a field's values are spread: the commonest with their counts, or a histogram with least, median and greatest. */
export function Distribution(field: ProfileField): HTMLElement {
  if (field.quantiles.length > 0) return histogram(field);
  const shown = field.top.slice(0, 8);
  if (shown.length === 0) return html`<p class="muted">No values are published.</p>`;
  const most = Math.max(...shown.map(({profiles}) => profiles));
  const filled = field.top.reduce((sum, {profiles}) => sum + profiles, 0);
  const left = field.distinct - shown.length;
  return html`<div class="distribution">
    <table>
      <caption class="visually-hidden">
        ${`${field.label}: commonest values`}
      </caption>
      <tbody>
        ${shown.map(
          ({value, profiles}) =>
            html`<tr>
              <th scope="row">${value === "" ? "(empty)" : value}</th>
              <td class="distribution-bar" aria-hidden="true">
                <i style=${`width: ${(100 * profiles) / most}%`}></i>
              </td>
              <td>${formatShort(profiles)}</td>
              <td>${formatPercent(profiles / filled, 0)}</td>
            </tr>`
        )}
      </tbody>
    </table>
    ${left > 0 ? html`<p class="muted">and ${formatCount(left)} other ${left === 1 ? "value" : "values"}</p>` : null}
  </div>`;
}

function histogram(field: ProfileField): HTMLElement {
  const bars = histogramBars(field, 40);
  const most = Math.max(...bars);
  const points = field.quantiles;
  const show = (value: number | undefined) =>
    fieldFamily(field) === "date" ? formatDate((value ?? 0) * 1000) : formatShort(value);
  const facts = [
    ["least", points[0]],
    ["median", points[10]],
    ["greatest", points.at(-1)]
  ] as const;
  return html`<div class="distribution">
    ${svg`<svg viewBox="0 0 200 40" preserveAspectRatio="none" aria-hidden="true">${bars.map(
      (share, i) =>
        svg`<rect x=${i * 5} y=${40 - (38 * share) / most} width="4.2" height=${(38 * share) / most} fill="var(--accent)"></rect>`
    )}</svg>`}
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${show(value)}</dd>
          </div>`
      )}
    </dl>
  </div>`;
}
