import {describe, expect, it} from "vitest";
import {bgBb} from "../../../lib/value/bgBb.js";
import {fitPurchases} from "../../../lib/value/fit.js";
import {retention, sbg, survival} from "../../../lib/value/sbg.js";

// Fader, Hardie & Shang (2010), table 1: 11,104 donors of the 1995 cohort over six years, as x, t_x, donors.
const donors = [
  [6, 6, 1203], [5, 6, 728], [4, 6, 512], [3, 6, 357], [2, 6, 234], [1, 6, 129], [5, 5, 335], [4, 5, 284], [3, 5, 225],
  [2, 5, 173], [1, 5, 119], [4, 4, 240], [3, 4, 181], [2, 4, 155], [1, 4, 78], [3, 3, 322], [2, 3, 255], [1, 3, 129],
  [2, 2, 613], [1, 2, 277], [1, 1, 1091], [0, 0, 3464]
]; // prettier-ignore

describe("bgBb", () => {
  const data = {
    x: Float64Array.from(donors, (d) => d[0]!),
    tx: Float64Array.from(donors, (d) => d[1]!),
    T: Float64Array.from(donors, () => 6),
    weight: Float64Array.from(donors, (d) => d[2]!)
  };

  it("finds the published parameters of the donation data", () => {
    const fit = fitPurchases(bgBb, data);
    expect(fit.n).toBe(11104);
    expect(fit.logLikelihood).toBeCloseTo(-33225.6, 1);
    for (const [name, value] of Object.entries({alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783})) {
      expect(Math.abs(fit.params[name]! - value)).toBeLessThan(1e-3);
    }
  });

  it("has the gradient that differences show", () => {
    const at = [1.2, 0.75, 0.66, 2.8];
    const {gradient} = bgBb.logLikelihood(at, data);
    gradient.forEach((g, i) => {
      const moved = (d: number) => bgBb.logLikelihood(at.map((p, j) => (i === j ? p + d : p)), data).value; // prettier-ignore
      expect(Math.abs((moved(1e-5) - moved(-1e-5)) / 2e-5 - g)).toBeLessThan(1e-3);
    });
  });

  // Table 7 of the paper: expected donations in 1996 to 2006 by recency and frequency.
  it("expects 3.75 donations in five years of somebody who gave six times, 0.07 of one who never did", () => {
    const f = bgBb.at([1.204, 0.75, 0.657, 2.783]);
    expect(f.expected(5, 6, 6, 6)).toBeCloseTo(3.75, 2);
    expect(f.expected(5, 0, 0, 6)).toBeCloseTo(0.07, 2);
    expect(f.expected(5, 1, 1, 6)).toBeCloseTo(0.09, 2);
  });

  it("sums its probabilities over all histories of five opportunities to one", () => {
    let total = 0;
    for (let bits = 0; bits < 32; ++bits) {
      const orders = [1, 2, 3, 4, 5].filter((t) => bits & (1 << (t - 1)));
      const summary = {
        x: Float64Array.of(orders.length),
        tx: Float64Array.of(orders.at(-1) ?? 0),
        T: Float64Array.of(5),
        weight: Float64Array.of(1)
      };
      total += Math.exp(bgBb.logLikelihood([1.2, 0.75, 0.66, 2.8], summary).value);
    }
    expect(total).toBeCloseTo(1, 12);
  });
});

describe("sbg", () => {
  // Fader & Hardie (2007): the "Regular" segment, of 1,000 customers over seven renewals.
  const regular = [1000, 631, 468, 382, 326, 289, 262, 241];

  it("finds the published parameters of the Regular segment", () => {
    const left = regular.slice(1).map((n, i) => regular[i]! - n);
    const fit = fitPurchases(sbg, {
      x: Float64Array.from([...left.keys(), 7]),
      tx: Float64Array.from([...left.keys(), 7]),
      T: Float64Array.from([...left.map(() => 7), 7]),
      weight: Float64Array.from([...left, 241])
    });
    expect(fit.params.alpha!).toBeCloseTo(0.704, 3);
    expect(fit.params.beta!).toBeCloseTo(1.182, 3);
    expect(fit.logLikelihood).toBeCloseTo(-1680.2652, 3);
  });

  it("says that nobody has left yet", () => {
    const everybody = {
      x: Float64Array.of(2),
      tx: Float64Array.of(2),
      T: Float64Array.of(2),
      weight: Float64Array.of(10)
    };
    expect(fitPurchases(sbg, everybody).message).toContain("nobody has left yet");
  });

  it("retention(t) rises with t and multiplies up to survival(t)", () => {
    const parameters = [0.704, 1.182];
    let share = 1;
    for (let t = 1; t < 20; ++t) {
      share *= retention(parameters, t);
      expect(survival(parameters, t)).toBeCloseTo(share, 12);
    }
  });
});
