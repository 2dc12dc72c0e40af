import {drawExponential} from "../stats/draw.js";
import type {Random} from "../stats/random.js";
import type {History} from "./model.js";

/**
 * Draws the repeat orders of a customer with this rate until T: each falls on every k-th event of a Poisson process.
 * `stops` is asked after each order whether the customer drops out.
 */
export function drawHistory(
  rate: number,
  T: number,
  uniform: Random,
  k = 1,
  stops: () => boolean = () => false
): History {
  const history = {x: 0, tx: 0, logGaps: 0};
  for (;;) {
    let gap = 0;
    for (let phase = 0; phase < k; ++phase) gap += drawExponential(uniform);
    gap /= rate;
    if (!(history.tx + gap <= T)) return history;
    ++history.x;
    history.tx += gap;
    history.logGaps += Math.log(gap);
    if (stops()) return history;
  }
}
