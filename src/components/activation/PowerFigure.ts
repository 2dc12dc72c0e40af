import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {chart, colors} from "../chart.js";
import {formatNumber, formatPercent} from "../format.js";
import {responsive} from "../responsive.js";
import type {RateRow} from "./activation.js";
import {moneySentences, powerCurve, powerSentences, type PowerOf} from "./power.js";

/** What a holdout can show: in words, and the smallest lift by the share held out. */
export function PowerFigure(rate: RateRow | undefined, asked: PowerOf): HTMLElement {
  if (!rate || rate.profiles === 0) {
    return html`<p class="muted">
      How many of this audience convert by themselves is not known: nobody is in it, too few to be shown, or it has not
      been refreshed.
    </p>`;
  }
  const curve = powerCurve(rate);
  return html`<div class="wizard-power">
    ${powerSentences(rate, asked).map((sentence) => html`<p>${sentence}</p>`)}
    ${moneySentences(rate, asked).map((sentence) => html`<p>${sentence}</p>`)}
    ${curve.length > 1 ? responsive((width) => draw(curve, asked, width)) : null}
  </div>`;
}

function draw(curve: {heldOut: number; least: number}[], {heldOut, rise}: PowerOf, width: number) {
  const here = curve.filter((point) => Math.abs(point.heldOut - heldOut) < 0.005);
  const smallest = Math.min(...curve.map(({least}) => least));
  return chart({
    label: `Smallest lift that can be seen by share held out: ${curve
      .filter(({heldOut: share}) => [0.1, 0.2, 0.5].includes(share))
      .map(({heldOut: share, least}) => `${formatPercent(share, 0)} ${formatNumber(least * 100)} points`)
      .join(", ")}`,
    width,
    height: 150,
    marginLeft: 36,
    marginRight: 16,
    marginTop: 24,
    x: {label: "held out", tickFormat: (share: number) => formatPercent(share, 0), ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5], domain: [0, 0.5]}, // prettier-ignore
    y: {label: "smallest lift seen, points", grid: true, ticks: 3, domain: [0, Math.min(curve[0]!.least, smallest * 3)], clamp: true, tickFormat: (share: number) => formatNumber(share * 100)}, // prettier-ignore
    marks: [
      ...(rise <= smallest * 3 ? [Plot.ruleY([rise], {stroke: colors.muted, strokeDasharray: "3,3"})] : []),
      Plot.line(curve, {x: "heldOut", y: "least", stroke: colors.accent, strokeWidth: 2, clip: true}),
      Plot.dot(here, {x: "heldOut", y: "least", r: 5, fill: colors.accent, stroke: colors.paper})
    ]
  });
}
