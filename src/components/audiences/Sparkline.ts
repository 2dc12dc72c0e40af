import {svg} from "htl";
import {colors} from "../chart.js";
import type {AudienceDay} from "./audiences.js";

const [width, height] = [88, 20];

/** Size over time in the height of a line of text; its figures stand beside it and on the audience's page. */
export function Sparkline(days: readonly Pick<AudienceDay, "date" | "profiles">[]): SVGSVGElement | null {
  if (days.length < 2) return null;
  const [from, to] = [+days[0]!.date, +days.at(-1)!.date];
  const most = Math.max(...days.map(({profiles}) => profiles), 1);
  const x = (date: Date) => 2 + ((+date - from) / (to - from)) * (width - 4);
  const y = (profiles: number) => height - 2 - (profiles / most) * (height - 4);
  const points = days.map(({date, profiles}) => `${x(date).toFixed(1)},${y(profiles).toFixed(1)}`).join(" ");
  const last = days.at(-1)!;
  return svg`<svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">
    <polyline points=${points} fill="none" stroke=${colors.accent} stroke-width="1.5"></polyline>
    <circle cx=${x(last.date)} cy=${y(last.profiles)} r="2" fill=${colors.accent}></circle>
  </svg>` as SVGSVGElement;
}
