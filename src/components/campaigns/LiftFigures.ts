import {html} from "htl";
import {Empty} from "../Empty.js";
import type {CampaignFigure, LiftRow} from "./campaigns.js";
import {LiftFigure} from "./LiftFigure.js";
import {Stopped} from "./Stopped.js";
import {isSplitBroken} from "./words.js";

/** The holdout comparison, one figure per measure; says plainly where nobody was held out. */
export function LiftFigures(lifts: readonly LiftRow[], options: CampaignFigure): HTMLElement {
  if (lifts.length === 0)
    return Empty(
      "Nobody was held out of this campaign, so what it brought cannot be told from what would have come anyway.",
      "Hold out a part of the people at random next time: an arm called holdout, or one that the definition marks."
    );
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
