import {expect, it} from "vitest";
import {betaln} from "../../../lib/stats/beta.js";
import {lgamma} from "../../../lib/stats/gamma.js";
import {bgNbd} from "../../../lib/value/betaGeometric.js";

/** P(X(t) = x) under BG/NBD; Fader, Hardie & Lee (2005), equation 8. */
function probability([r, alpha, a, b]: number[], t: number, x: number): number {
  const order = (n: number) =>
    Math.exp(
      lgamma(r! + n) -
        lgamma(r!) -
        lgamma(n + 1) +
        r! * Math.log(alpha! / (alpha! + t)) +
        n * Math.log(t / (alpha! + t))
    );
  const alive = Math.exp(betaln(a!, b! + x) - betaln(a!, b!)) * order(x);
  if (x === 0) return alive;
  let fewer = 0;
  for (let n = 0; n < x; ++n) fewer += order(n);
  return alive + Math.exp(betaln(a! + 1, b! + x - 1) - betaln(a!, b!)) * (1 - fewer);
}

const parameters = [0.243, 4.414, 0.793, 2.426];

it("the BG/NBD probabilities of 0, 1, 2 … orders sum to one, and their mean is unconditional(t)", () => {
  for (const t of [1, 39, 78]) {
    let [total, mean] = [0, 0];
    for (let x = 0; x < 3000; ++x) {
      const p = probability(parameters, t, x);
      expect(p).toBeGreaterThanOrEqual(-1e-15);
      total += p;
      mean += x * p;
    }
    expect(total).toBeCloseTo(1, 6);
    expect(mean).toBeCloseTo(bgNbd.at(parameters).unconditional(t), 5);
  }
});

// Printed by the tests of lifetimes and PyMC-Marketing, at the published parameters of the CDNOW sample.
it("the BG/NBD probabilities are the published ones", () => {
  expect(probability(parameters, 39, 0)).toBeCloseTo(0.5737864, 4);
  [0.0019995214, 0.0015170236, 0.001163315, 0.0009003148].forEach((p, i) =>
    expect(Math.abs(probability(parameters, 30, 11 + i) / p - 1)).toBeLessThan(2e-3)
  );
});
