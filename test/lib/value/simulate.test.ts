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
