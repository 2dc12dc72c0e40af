import {describe, expect, it} from "vitest";
import {random} from "../../../lib/stats/random.js";
import {bgBb} from "../../../lib/value/bgBb.js";
import {bgNbd, mbgCnbd, mbgNbd} from "../../../lib/value/betaGeometric.js";
import {fitPurchases} from "../../../lib/value/fit.js";
import type {PurchaseModel} from "../../../lib/value/model.js";
import {nbd} from "../../../lib/value/nbd.js";
import {paretoNbd} from "../../../lib/value/paretoNbd.js";
import {sbg} from "../../../lib/value/sbg.js";
import {summarise} from "../../../lib/value/summary.js";

const truths: [PurchaseModel, number[]][] = [
  [nbd, [0.4, 12]],
  [bgNbd, [0.25, 4.4, 0.8, 2.4]],
  [mbgNbd, [0.5, 6.2, 0.9, 1.6]],
  [paretoNbd, [0.55, 10.6, 0.6, 11.7]],
  [mbgCnbd(2), [1, 4, 0.7, 3]],
  [bgBb, [1.2, 0.75, 0.66, 2.78]],
  [sbg, [0.7, 1.2]]
];

describe.each(truths)("$name", (model, truth) => {
  it("simulate() averages to expected()", () => {
    const f = model.at(truth);
    const uniform = random(11);
    for (const [x, tx, T] of [
      [0, 0, 20],
      [3, 16, 20]
    ] as const) {
      const n = 40_000;
      let [sum, squares] = [0, 0];
      for (let i = 0; i < n; ++i) {
        const orders = f.simulate(12, x, tx, T, uniform);
        sum += orders;
        squares += orders * orders;
      }
      const mean = sum / n;
      const error = Math.sqrt((squares / n - mean * mean) / n);
      expect(Math.abs(mean - f.expected(12, x, tx, T))).toBeLessThanOrEqual(4 * error);
    }
  });

  it("history() is fitted back to its parameters within three standard errors", () => {
    const f = model.at(truth);
    const uniform = random(5);
    const T = model.isDiscrete ? () => 12 : (i: number) => 40 + (i % 40);
    const histories = Array.from({length: 6000}, (_, i) => ({...f.history(T(i), uniform), T: T(i)}));
    const data = summarise(
      histories.map((h) => h.x),
      histories.map((h) => h.tx),
      histories.map((h) => h.T)
    );
    const fit = fitPurchases(model, {...data, logGaps: histories.reduce((sum, h) => sum + h.logGaps, 0)});
    expect(fit.status).toBe("ok");
    model.parameters.forEach((name, i) => {
      expect(Math.abs(Math.log(fit.params[name]! / truth[i]!))).toBeLessThan(3 * Math.sqrt(fit.logCovariance![i]![i]!));
    });
  });
});

describe("a base so large that a part of it is fitted first", () => {
  it.each([
    [[0.5, 1.5, 0.9, 1.6], 12_000],
    // Of the part alone drop-out does not seem to differ between customers, so that a and b have no bound.
    [[0.7, 1, 4, 120], 12_000]
  ])("has the likeliest parameters that a search from the truth %j finds", (truth, n) => {
    const f = mbgNbd.at(truth);
    const uniform = random(3);
    const ages = Array.from({length: n}, (_, i) => 5 + i / 2000);
    const drawn = ages.map((T) => f.history(T, uniform));
    const data = summarise(
      drawn.map((h) => h.x),
      drawn.map((h) => h.tx),
      ages
    );
    expect(data.x.length).toBeGreaterThan(10_000);
    const fit = fitPurchases(mbgNbd, data, {comparesNbd: false});
    const fromTruth = fitPurchases({...mbgNbd, starts: [truth]}, data, {comparesNbd: false});
    expect(fit.status).toBe("ok");
    expect(fit.evaluations).toBeLessThan(80);
    expect(fit.logLikelihood).toBeCloseTo(fromTruth.logLikelihood, 4);
    mbgNbd.parameters.forEach((name, i) => {
      const off = Math.abs(Math.log(fit.params[name]! / truth[i]!));
      expect(off).toBeLessThan(3 * Math.sqrt(fit.logCovariance![i]![i]!));
    });
  });
});
