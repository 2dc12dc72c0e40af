import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatDate, formatPercent, formatPoints} from "../format.js";
import type {CampaignFigure, MovesRow} from "./campaigns.js";

/** Of each arm's people, how many rose after the send and how many of them are still better now. */
export function MovesFigure(rows: readonly MovesRow[], {name, asOf}: CampaignFigure): HTMLElement {
  const moves = [...rows].sort(
    (a, b) => Number(a.is_holdout) - Number(b.is_holdout) || a.arm_position - b.arm_position
  );
  const ranking = moves[0]?.ranking === "p_alive" ? "the probability of still being a customer" : "the decile";
  const points = (v: number | null) => (v === null ? "–" : formatPoints(v, 1));
  return Figure({
    title: `Who rose by ${ranking}, and holds it · ${name}`,
    finding: finding(moves),
    keys: [
      {label: "rose", color: colors.accentSoft},
      {label: "still better now", color: colors.accent}
    ],
    data: moves,
    columns: {
      arm_label: "Arm",
      n: "People",
      rose: "Rose",
      fell: "Fell",
      held: "Still better now",
      share_rose: {label: "Rose", format: (v: number) => formatPercent(v)},
      share_held: {label: "Of them still better", format: (v: number | null) => (v === null ? "–" : formatPercent(v))},
      kept_difference: {label: "Lasting, beyond holdout", format: points},
      kept_lower: {label: "95% from", format: points},
      kept_upper: {label: "to", format: points}
    },
    caption: moves[0]
      ? `Ranked before the send (${formatDate(moves[0].from_as_of)}), on ${formatDate(moves[0].to_as_of)}${moves[0].held_as_of ? ` and now (${formatDate(moves[0].held_as_of)})` : ""}. People at their lowest rise by themselves: those held out show how many.`
      : undefined,
    asOf,
    empty: "Not known yet: ranks of four weeks after the send are needed, and of the send itself.",
    render: (width) => draw(moves, width, `People who rose by ${ranking} and hold it, ${name}`)
  });
}

function finding(moves: readonly MovesRow[]): string | undefined {
  const held = moves.find((row) => row.is_holdout);
  const arm = moves.find((row) => !row.is_holdout);
  if (!arm || !held || arm.kept_difference === null || arm.kept_lower === null || arm.kept_upper === null)
    return undefined;
  const both = `${formatPercent(arm.share_rose)} of those mailed rose and ${formatPercent(held.share_rose)} of those held out`;
  if (arm.kept_lower <= 0 && arm.kept_upper >= 0)
    return `${both}; of what lasts until now no clear part is the campaign's (${formatPoints(arm.kept_difference, 1)}, 95% interval ${formatPoints(arm.kept_lower, 1)} to ${formatPoints(arm.kept_upper, 1)}).`;
  const word = arm.kept_difference > 0 ? "more" : "fewer";
  return `${both}; ${formatPercent(Math.abs(arm.kept_difference))} ${word} people than in the holdout still rank better now (95% interval ${formatPoints(arm.kept_lower, 1)} to ${formatPoints(arm.kept_upper, 1)}).`;
}

function draw(moves: readonly MovesRow[], width: number, label: string) {
  const kept = moves.filter((row) => row.held !== null);
  const widest = Math.max(0.01, ...moves.map((row) => row.share_rose));
  return chart({
    label,
    width,
    height: moves.length * 34 + 36,
    marginLeft: width < 480 ? 104 : 152,
    marginRight: 52,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      domain: [0, widest],
      tickFormat: (v: number) => formatPercent(v, widest < 0.05 ? 1 : 0),
      ticks: 4
    },
    y: {label: null, tickSize: 0, domain: moves.map((row) => row.arm_label), padding: 0.3},
    marks: [
      Plot.barX(moves, {y: "arm_label", x: "share_rose", fill: colors.accentSoft}),
      Plot.barX(kept, {
        y: "arm_label",
        x: (row) => row.held! / row.n,
        fill: colors.accent,
        insetTop: 6,
        insetBottom: 6
      }),
      Plot.text(moves, {
        y: "arm_label",
        x: "share_rose",
        text: (row) => formatPercent(row.share_rose),
        dx: 6,
        textAnchor: "start",
        fill: colors.ink
      })
    ]
  });
}
