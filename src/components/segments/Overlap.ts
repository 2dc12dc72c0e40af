import {html} from "htl";
import type {Rule} from "../../lib/rules/rule.js";
import {formatCount, formatPercent} from "../format.js";
import type {AudienceRow} from "./SavedAudiences.js";

const most = 40;

/** How many of the segment are in saved audiences, too, by the audiences' rules as they are counted here. */
export function Overlap(
  audiences: readonly AudienceRow[],
  isCountable: (rule: Rule) => boolean
): {
  element: HTMLElement;
  /** The rules to be counted for it: each audience, and its part of the segment. */
  rules(rule: Rule): Rule[];
  show(counts: readonly number[], profiles: number): void;
} {
  const compared = audiences
    .flatMap((audience) =>
      audience.rule && audience.is_rule_alone ? [{...audience, tree: JSON.parse(audience.rule) as Rule}] : []
    )
    .filter(({tree}) => isCountable(tree))
    .slice(0, most);
  const element = html`<div class="overlap" hidden></div>`;
  return {
    element,
    rules: (rule) => compared.flatMap(({tree}): Rule[] => [tree, {all: [rule, tree]}]),
    show(counts, profiles) {
      element.hidden = compared.length === 0;
      const rows = compared
        .map(({name}, i) => ({name, size: counts[2 * i] ?? 0, both: counts[2 * i + 1] ?? 0}))
        .sort((a, b) => b.both - a.both);
      element.replaceChildren(
        html`<table class="split">
          <caption>
            Also in
          </caption>
          <thead>
            <tr>
              <th scope="col"><span class="visually-hidden">Audience</span></th>
              <td></td>
              <th scope="col">in both</th>
              <th scope="col">of the segment</th>
              <th scope="col">of the audience</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({name, size, both}) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td class="split-bar" aria-hidden="true">
                    <b><i style=${`width: ${100 * ratio(both, profiles)}%`}></i></b>
                  </td>
                  <td>${formatCount(both)}</td>
                  <td>${formatPercent(ratio(both, profiles), 0)}</td>
                  <td>${formatPercent(ratio(both, size), 0)}</td>
                </tr>`
            )}
          </tbody>
        </table>`
      );
    }
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
