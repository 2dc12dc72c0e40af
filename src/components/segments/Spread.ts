import {svg} from "htl";
import type {ProfileField} from "./fields.js";

/** A field's values in a glance: commonest values as a stacked bar, numbers as a small histogram. */
export function Spread(field: ProfileField, width = 72, height = 16): SVGElement {
  const bars = field.quantiles.length > 0 ? histogramBars(field, 24) : undefined;
  const most = Math.max(...(bars ?? [1]));
  const parts = bars
    ? bars.map((share, i) =>
        bar((i * width) / 24, height - (height * share) / most, width / 24 - 0.5, (height * share) / most, 1)
      )
    : stacked(field, width, height);
  return svg`<svg class="spread" width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">${parts}</svg>`;
}

/** How values spread over bars of equal width up to the 99th percentile, from the quantiles: shares by bar. */
export function histogramBars({quantiles}: Pick<ProfileField, "quantiles">, count: number): number[] {
  const points = quantiles.slice(0, 21);
  const [low, high] = [points[0]!, points.at(-1)!];
  const bars = new Array<number>(count).fill(0);
  if (!(high > low)) return bars.fill(0).map((_, i) => Number(i === 0));
  const place = (value: number) => ((value - low) / (high - low)) * count;
  for (let i = 1; i < points.length; ++i) {
    const [from, to] = [place(points[i - 1]!), place(points[i]!)];
    for (let b = Math.floor(from); b <= Math.min(count - 1, Math.floor(to)); ++b) {
      const overlap =
        to > from ? (Math.min(to, b + 1) - Math.max(from, b)) / (to - from) : Number(b === Math.floor(from));
      bars[Math.max(0, b)]! += Math.max(0, overlap) / 20;
    }
  }
  return bars;
}

function stacked({top}: ProfileField, width: number, height: number): SVGElement[] {
  const all = top.reduce((sum, {profiles}) => sum + profiles, 0);
  let x = 0;
  return top.slice(0, 12).map(({profiles}, i) => {
    const part = (profiles / all) * width;
    x += part;
    return bar(x - part, height / 4, Math.max(0.5, part - 1), height / 2, 1 - 0.07 * i);
  });
}

function bar(x: number, y: number, width: number, height: number, opacity: number): SVGElement {
  return svg`<rect x=${x} y=${y} width=${width} height=${Math.max(0, height)} fill="var(--accent)" opacity=${opacity}></rect>`;
}
