import {html} from "htl";
import type {Part} from "../../lib/rules/tally.js";
import {formatCount, formatPercent} from "../format.js";

/** A split of a segment beside everybody: for each part how many are in, as a bar out of all in that part. */
export function SplitBars(
  title: string,
  base: Map<string, number>
): {element: HTMLElement; show(parts: Map<string, Part>): void} {
  const rows = [...base].map(([name, all]) => {
    const bar = html`<i></i>`;
    const count = html`<td></td>`;
    const share = html`<td></td>`;
    const row = html`<tr>
      <th scope="row">${name}</th>
      <td class="split-bar" aria-hidden="true"><b>${bar}</b></td>
      ${count}${share}
    </tr>`;
    return {name, all, bar, count, share, row};
  });
  const most = Math.max(1, ...base.values());
  for (const {bar, all} of rows) (bar.parentElement as HTMLElement).style.width = `${(100 * all) / most}%`;
  return {
    element: html`<table class="split">
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">Part</span></th>
          <td></td>
          <th scope="col">in the segment</th>
          <th scope="col">of all</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({row}) => row)}
      </tbody>
    </table>`,
    show(parts) {
      for (const {name, all, bar, count, share} of rows) {
        const profiles = parts.get(name)?.profiles ?? 0;
        bar.style.width = `${all > 0 ? (100 * profiles) / all : 0}%`;
        count.textContent = formatCount(profiles);
        share.textContent = formatPercent(all > 0 ? profiles / all : 0, 0);
      }
    }
  };
}
