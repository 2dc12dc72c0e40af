import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatInstantIn, formatPercent, plural} from "../format.js";
import type {Delivery, OutcomeRow} from "./activation.js";
import {reasonName} from "./words.js";

/** Why members of an audience were not sent by one delivery: held out, or left out by a rule. */
export function Exclusions(
  delivery: Delivery,
  counts: readonly OutcomeRow[],
  {destination, audience, timeZone}: {destination: string; audience: string; timeZone: string}
): HTMLElement {
  const bars = counts
    .filter((row) => row.delivery_id === delivery.delivery_id)
    .filter(({outcome}) => outcome === "held_out" || outcome === "suppressed")
    .map(({outcome, reason, profiles}) => ({
      reason: reasonName(reason),
      outcome,
      profiles,
      share: profiles / delivery.members
    }))
    .sort((a, b) => b.profiles - a.profiles);
  const left = bars.reduce((sum, {profiles}) => sum + profiles, 0);
  return Figure({
    title: `Left out · ${audience} to ${destination}, ${formatInstantIn(delivery.began_at, timeZone)}`,
    finding:
      bars.length > 0
        ? `Of ${plural(delivery.members, "member")} ${formatCount(left)} were left out, ${formatPercent(left / delivery.members)}: most often ${bars[0]!.reason}.`
        : undefined,
    data: bars,
    columns: {
      reason: "Why",
      profiles: "People",
      share: {label: "Of members", format: (value: number) => formatPercent(value)}
    },
    keys: [
      {label: "held out at random", color: colors.accent},
      {label: "left out by a rule", color: colors.accentSoft}
    ],
    caption: "Each member counts once, under the first rule that held.",
    empty: "Nobody was left out: every member was sent, or was there already.",
    render: (width) => draw(bars, width)
  });
}

function draw(bars: {reason: string; outcome: string; profiles: number}[], width: number) {
  const isNarrow = width < 480;
  return chart({
    label: `People left out: ${bars.map(({reason, profiles}) => `${reason} ${formatCount(profiles)}`).join(", ")}`,
    width,
    height: bars.length * (isNarrow ? 44 : 30) + 12,
    marginLeft: isNarrow ? 4 : 240,
    marginRight: 56,
    marginTop: isNarrow ? 14 : 4,
    marginBottom: 4,
    x: {axis: null},
    y: {domain: bars.map(({reason}) => reason), axis: null, padding: isNarrow ? 0.5 : 0.3},
    marks: [
      Plot.barX(bars, {
        y: "reason",
        x: "profiles",
        fill: (bar) => (bar.outcome === "held_out" ? colors.accent : colors.accentSoft)
      }),
      Plot.text(bars, {
        y: "reason",
        x: "profiles",
        text: (bar) => formatCount(bar.profiles),
        textAnchor: "start",
        dx: 6,
        fill: colors.ink
      }),
      isNarrow
        ? Plot.text(bars, {y: "reason", x: 0, text: "reason", textAnchor: "start", dy: -17, fill: colors.muted})
        : Plot.text(bars, {y: "reason", x: 0, text: "reason", textAnchor: "end", dx: -8, fill: colors.ink})
    ]
  });
}
