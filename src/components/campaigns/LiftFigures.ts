import {html} from "htl";
import {Empty} from "../Empty.js";
import type {ArmSummary, CampaignFigure, LiftRow} from "./campaigns.js";
import {LiftFigure} from "./LiftFigure.js";
import {Stopped} from "./Stopped.js";
import {isSplitBroken, noComparison} from "./words.js";

/** The holdout comparison, one figure per measure; says plainly where there is none. */
export function LiftFigures(
  lifts: readonly LiftRow[],
  {arms, ...options}: CampaignFigure & {arms: readonly ArmSummary[]}
): HTMLElement {
  if (lifts.length === 0) {
    const {why, hint} = noComparison(arms);
    return Empty(why, hint);
  }
  if (isSplitBroken(lifts)) return Stopped();
  const measures = [...new Set(lifts.map((row) => row.measure))];
  return html`<div>
    ${measures.map((measure) =>
      LiftFigure(
        lifts.filter((row) => row.measure === measure),
        options
      )
    )}
  </div>`;
}
