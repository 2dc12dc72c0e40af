import {html} from "htl";
import {Empty} from "../Empty.js";
import {formatCount, formatPercent, type UnitFormat} from "../format.js";

/** A row of `audiences.arrow`. */
export interface AudienceRow {
  audience_id: string;
  name: string;
  description: string | null;
  sentence: string;
  /** Null where its members come from a file or a model. */
  rule: string | null;
  /** What else the definition says, as JSON. */
  settings: string;
  /** Whether who is in now is just who meets the rule. */
  is_rule_alone: boolean;
  profiles: number;
  share: number | null;
  value: number;
  share_value: number | null;
  metric: string;
  lookback: string;
}

/** The saved audiences as of the last refresh; `open` takes one's rule into the builder. */
export function SavedAudiences(
  audiences: readonly AudienceRow[],
  {unit, measure, open}: {unit: UnitFormat; measure: string; open?: (audience: AudienceRow) => void}
): HTMLElement {
  if (audiences.length === 0) {
    return Empty(
      "No saved audiences yet.",
      html`Build a rule and save it: a preview writes it into the workspace, a published site gives the file for its
        <code>audiences/</code>.`
    );
  }
  return html`<div class="table-scroll audiences" tabindex="0" role="region" aria-label="Saved audiences">
    <table>
      <caption class="visually-hidden">
        Saved audiences, counted exactly at the last refresh
      </caption>
      <thead>
        <tr>
          <th scope="col">Audience</th>
          <th scope="col" class="right">Customers</th>
          <th scope="col" class="right">Share</th>
          <th scope="col" class="right">${measure}</th>
          <th scope="col" class="right">Share of it</th>
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${audiences.map(
          (audience) =>
            html`<tr>
              <th scope="row">
                <b>${audience.name}</b>
                <span class="muted">${audience.description ?? ""} ${audience.sentence}</span>
              </th>
              <td class="right">${formatCount(audience.profiles)}</td>
              <td class="right">${formatPercent(audience.share)}</td>
              <td class="right">${unit.short(audience.value)}</td>
              <td class="right">${formatPercent(audience.share_value)}</td>
              <td>
                ${open && audience.rule ? html`<button type="button" class="plain" aria-label=${`Open ${audience.name}`} onclick=${() => open(audience)}>Open</button>` : null}
              </td>
            </tr>`
        )}
      </tbody>
    </table>
  </div>`;
}
