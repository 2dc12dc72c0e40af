import {html} from "htl";
import type {Rule} from "../../lib/rules/rule.js";
import {formatCount, formatPercent} from "../format.js";
import type {ReachColumn} from "./fields.js";

const reasons = [
  ["reachable", "can be reached"],
  ["no_address", "no address"],
  ["no_consent", "no consent"],
  ["stopped", "asked to be left alone"],
  ["bounced", "the address is dead"]
] as const;

/** How many of the segment each channel reaches, and for each of the others the first thing that speaks against it. */
export function Reach(channels: readonly ReachColumn[]): {
  element: HTMLElement;
  /** The rules to be counted for it, five for each channel. */
  rules(rule: Rule): Rule[];
  show(counts: readonly number[], profiles: number): void;
} {
  const element = html`<div class="reach" hidden></div>`;
  return {
    element,
    rules: (rule) =>
      channels.flatMap(({column}) => reasons.map(([reason]): Rule => ({all: [rule, {attribute: column, is: reason}]}))),
    show(counts, profiles) {
      element.hidden = channels.length === 0;
      element.replaceChildren(
        ...channels.map(({label}, i) => {
          const parts = reasons.map(([reason, text], j) => ({reason, text, n: counts[i * reasons.length + j] ?? 0}));
          return ChannelTable(label, parts, profiles);
        })
      );
    }
  };
}

function ChannelTable(label: string, parts: {reason: string; text: string; n: number}[], profiles: number) {
  return html`<table class="split">
    <caption>
      Reach by ${label}
    </caption>
    <thead>
      <tr>
        <th scope="col"><span class="visually-hidden">Customers</span></th>
        <td></td>
        <th scope="col">customers</th>
        <th scope="col">of the segment</th>
      </tr>
    </thead>
    <tbody>
      ${parts.map(
        ({reason, text, n}) =>
          html`<tr>
            <th scope="row">${text}</th>
            <td class="split-bar" aria-hidden="true">
              <b
                ><i
                  class=${reason === "reachable" ? "is-good" : "is-excluded"}
                  style=${`width: ${share(n, profiles)}%`}
                ></i
              ></b>
            </td>
            <td>${formatCount(n)}</td>
            <td>${formatPercent(share(n, profiles) / 100, 0)}</td>
          </tr>`
      )}
    </tbody>
  </table>`;
}

function share(n: number, profiles: number): number {
  return profiles > 0 ? (100 * n) / profiles : 0;
}
