import {describe, expect, it} from "vitest";
import {drawGamma} from "../../../lib/stats/draw.js";
import {random} from "../../../lib/stats/random.js";
import {mbgNbd} from "../../../lib/value/betaGeometric.js";
import {fitPurchases, fitSpend, refitPurchases} from "../../../lib/value/fit.js";
import {bootstrapParameters, bootstrapSpend, drawParameters, FutureDraws} from "../../../lib/value/interval.js";
import {summarise} from "../../../lib/value/summary.js";

const truth = [0.5, 6.2, 0.9, 1.6];

function simulated(n: number, seed: number) {
  const uniform = random(seed);
  const f = mbgNbd.at(truth);
  const drawn = Array.from({length: n}, (_, i) => ({...f.history(30 + (i % 12), uniform), T: 30 + (i % 12)}));
  return summarise(
    drawn.map((h) => h.x),
    drawn.map((h) => h.tx),
    drawn.map((h) => h.T)
  );
}

describe("parameters drawn", () => {
  const data = simulated(2000, 3);
  const fit = fitPurchases(mbgNbd, data);
  const spread = (vectors: number[][], i: number) => {
    const logs = vectors.map((v) => Math.log(v[i]!));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    return Math.sqrt(logs.reduce((sum, l) => sum + (l - mean) ** 2, 0) / (logs.length - 1));
  };

  it("from the asymptotic normal spread as the covariance says, and are the same for a seed", () => {
    const vectors = drawParameters(fit, mbgNbd.parameters, {draws: 4000, seed: 1})!;
    mbgNbd.parameters.forEach((_, i) => {
      expect(spread(vectors, i) / Math.sqrt(fit.logCovariance![i]![i]!)).toBeCloseTo(1, 1);
    });
    expect(drawParameters(fit, mbgNbd.parameters, {draws: 2, seed: 9})).toEqual(
      drawParameters(fit, mbgNbd.parameters, {draws: 2, seed: 9})
    );
  });

  it("by bootstrap spread about as much", () => {
    const vectors = bootstrapParameters(mbgNbd, fit, data, {draws: 60, seed: 2});
    expect(vectors.length).toBeGreaterThan(55);
    [0, 1].forEach((i) => {
      const ratio = spread(vectors, i) / Math.sqrt(fit.logCovariance![i]![i]!);
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.4);
    });
  });

  it("by bootstrap are the likeliest: a refit from the fit on finds what a fit from nothing does", () => {
    const other = simulated(6000, 5);
    const refit = refitPurchases(mbgNbd, fit, other)!;
    const fresh = fitPurchases(mbgNbd, other, {comparesNbd: false});
    mbgNbd.parameters.forEach((name, i) => expect(refit[i]! / fresh.params[name]!).toBeCloseTo(1, 5));
  });

  it("by bootstrap of order values spread about as much, and lie around the fit", () => {
    const uniform = random(6);
    const orders = Array.from({length: 1500}, (_, i) => 1 + (i % 7));
    const means = orders.map((x) => (15 * drawGamma(6 * x, uniform)) / drawGamma(4, uniform) / x);
    const spend = {
      x: Float64Array.from(orders),
      mean: Float64Array.from(means),
      weight: new Float64Array(1500).fill(1)
    };
    const spendFit = fitSpend(spend);
    const vectors = bootstrapSpend(spendFit, spend, {draws: 60, seed: 2});
    expect(vectors.length).toBe(60);
    const average = (i: number) => vectors.reduce((sum, v) => sum + Math.log(v[i]!), 0) / vectors.length;
    const error = Math.sqrt(spendFit.logCovariance![0]![0]!);
    expect(spread(vectors, 0) / error).toBeGreaterThan(0.7);
    expect(spread(vectors, 0) / error).toBeLessThan(1.4);
    expect(Math.abs(average(0) - Math.log(spendFit.params.p!))).toBeLessThan(0.5 * error);
  });
});

describe("FutureDraws.interval", () => {
  it("is exceeded by one in twenty simulated customers, and never starts below zero", () => {
    // Customers with one history: what they then spend is drawn from the truth. Many spend nothing, so that the lower
    // bound is zero and only the upper one can be told.
    const spend = [6, 4, 15];
    const futures = new FutureDraws(mbgNbd, Array.from({length: 4000}, () => truth), [spend], 4); // prettier-ignore
    futures.drawOrders(52, 6, 30, 32);
    const [lower, upper] = futures.interval({orders: 6, mean: 30}, 1);
    const other = new FutureDraws(mbgNbd, [truth], [spend], 5);
    let above = 0;
    for (let i = 0; i < 4000; ++i) {
      other.drawOrders(52, 6, 30, 32);
      const [value] = other.interval({orders: 6, mean: 30}, 1);
      if (value > upper) ++above;
    }
    expect(above / 4000).toBeGreaterThan(0.035);
    expect(above / 4000).toBeLessThan(0.065);
    expect(lower).toBe(0);
  });
});
