import {gunzipSync} from "node:zlib";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {profit} from "../../../lib/response/profit.js";
import {bootstrapDifference} from "../../../lib/stats/bootstrap.js";
import {cuped, type PairMoments} from "../../../lib/stats/cuped.js";
import {drawBinomial} from "../../../lib/stats/draw.js";
import {heterogeneity} from "../../../lib/stats/heterogeneity.js";
import {holm} from "../../../lib/stats/holm.js";
import {detectable, holdoutSize, power} from "../../../lib/stats/power.js";
import {random} from "../../../lib/stats/random.js";
import {welch} from "../../../lib/stats/welch.js";
import {hasShared, sharedData} from "../../shared.js";

describe("power(outcome, difference, treated, control)", () => {
  it("gives what R's power.prop.test gives for groups of one size", () => {
    expect(power({kind: "rate", base: 0.5}, 0.25, 50, 50)).toBeCloseTo(0.74, 3);
    expect(power({kind: "rate", base: 0.5}, 0.25, 77, 77)).toBeGreaterThan(0.9);
    expect(power({kind: "rate", base: 0.5}, 0.25, 76, 76)).toBeLessThan(0.9);
    expect(power({kind: "rate", base: 0.1}, 0.01, 14751, 14751)).toBeGreaterThan(0.8);
    expect(power({kind: "rate", base: 0.1}, 0.01, 14750, 14750)).toBeLessThan(0.8);
  });

  it("finds Hillstrom's spend effect of $ 0.41 at 80%", () => {
    const deviation = Math.sqrt((17.7542 ** 2 + 11.5882 ** 2) / 2);
    expect(detectable({kind: "mean", deviation}, 21307, 21306)).toBeCloseTo(0.41, 2);
  });

  it("grows with people and with the difference, and the detectable difference is found with just that power", () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 60}), fc.integer({min: 200, max: 1e6}), (percent, n) => {
        const outcome = {kind: "rate", base: percent / 100} as const;
        const found = detectable(outcome, n, n);
        fc.pre(Number.isFinite(found));
        expect(power(outcome, found, n, n)).toBeCloseTo(0.8, 6);
        expect(power(outcome, found, 2 * n, 2 * n)).toBeGreaterThan(0.8);
        expect(power(outcome, found * 0.9, n, n)).toBeLessThan(0.8);
      })
    );
  });

  it("holds out the fewest people that will do, and says when half is not enough", () => {
    const outcome = {kind: "rate", base: 0.05} as const;
    const held = holdoutSize(outcome, 0.01, 40_000)!;
    expect(power(outcome, 0.01, 40_000 - held, held)).toBeGreaterThanOrEqual(0.8);
    expect(power(outcome, 0.01, 40_001 - held, held - 1)).toBeLessThan(0.8);
    expect(holdoutSize(outcome, 0.01, 1000)).toBeUndefined();
    expect(holdoutSize(outcome, 0.01, 1)).toBeUndefined();
    expect(holdoutSize(outcome, 0, 40_000)).toBeUndefined();
    expect(detectable(outcome, 100, 0)).toBe(Infinity);
  });
});

const hillstrom = join(sharedData, "hillstrom.csv.gz");

describe("cuped(treated, control)", () => {
  it.skipIf(!hasShared("hillstrom.csv.gz"))("adjusts Hillstrom's spend by the history before as published", () => {
    const [header, ...lines] = gunzipSync(readFileSync(hillstrom)).toString().trim().split(/\r?\n/);
    const names = header!.split(",");
    const people = lines.map((line) => line.replaceAll("1,000", "1000").split(","));
    const of = (segment: string) =>
      pairs(
        people
          .filter((row) => row[names.indexOf("segment")] === segment)
          .map((row) => [Number(row[names.indexOf("spend")]), Number(row[names.indexOf("history")])])
      );
    const result = cuped(of("Mens E-Mail"), of("No E-Mail"))!;
    expect(result.adjusted.estimate.toFixed(6)).toBe("0.767438");
    expect(result.adjusted.error.toFixed(6)).toBe("0.145215");
    expect((100 * result.removed).toFixed(2)).toBe("0.04");
  });

  it("takes off what was known, and leaves alone what was not", () => {
    const uniform = random(1);
    const before = Array.from({length: 4000}, () => uniform() * 10);
    const explained = before.map((x, i) => [2 * x + (i % 2), x] as const);
    const [treated, control] = [1, 0].map((side) => pairs(explained.filter((_, i) => i % 2 === side)));
    const result = cuped(treated!, control!)!;
    expect(result.removed).toBeGreaterThan(0.99);
    expect(result.adjusted.estimate).toBeCloseTo(1, 1);
    expect(result.adjusted.error).toBeLessThan(welch(treated!, control!).error / 10);
    const constant = pairs(explained.map(([y]) => [y, 7]));
    expect(cuped(constant, constant)).toBeUndefined();
  });
});

describe("bootstrapDifference(one, two)", () => {
  const amounts = (n: number, rate: number, seed: number) => {
    const uniform = random(seed);
    return {n, amounts: Array.from({length: Math.round(n * rate)}, () => 20 + 100 * uniform())};
  };

  it("agrees with Welch where there are many people, and repeats itself", () => {
    const [one, two] = [amounts(20_000, 0.05, 2), amounts(20_000, 0.04, 3)];
    const moments = (group: {n: number; amounts: number[]}) => ({
      n: group.n,
      sum: group.amounts.reduce((sum, x) => sum + x, 0),
      squares: group.amounts.reduce((sum, x) => sum + x * x, 0)
    });
    const exact = welch(moments(one), moments(two));
    const drawn = bootstrapDifference(one, two, {seed: 4});
    expect(drawn.estimate).toBeCloseTo(exact.estimate, 10);
    expect(Math.abs(drawn.lower - exact.lower)).toBeLessThan(0.2 * exact.error);
    expect(Math.abs(drawn.upper - exact.upper)).toBeLessThan(0.2 * exact.error);
    expect(bootstrapDifference(one, two, {seed: 4})).toEqual(drawn);
  });

  it("knows nothing of an empty group, and no spread where nobody did anything", () => {
    expect(bootstrapDifference({n: 0, amounts: []}, {n: 9, amounts: []}, {seed: 1}).lower).toBeNaN();
    expect(bootstrapDifference({n: 9, amounts: []}, {n: 9, amounts: []}, {seed: 1})).toMatchObject({
      lower: 0,
      upper: 0
    });
  });
});

it("drawBinomial has the mean and variance of the binomial", () => {
  for (const p of [0.01, 0.4, 0.9]) {
    const uniform = random(5);
    const draws = Array.from({length: 5000}, () => drawBinomial(200, p, uniform));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 200 * p)).toBeLessThan(5 * Math.sqrt((200 * p * (1 - p)) / 5000));
    expect(variance / (200 * p * (1 - p))).toBeCloseTo(1, 0);
    expect(Math.max(...draws)).toBeLessThanOrEqual(200);
  }
});

it("holm gives the adjusted values of R's p.adjust", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => p.toFixed(2))).toEqual(["0.03", "0.06", "0.06", "0.02"]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([NaN, 0.04])).toEqual([NaN, 0.04]);
});

describe("heterogeneity(effects)", () => {
  it("finds nothing between like effects and draws them all to their mean", () => {
    const same = [0.1, 0.12, 0.09].map((estimate) => ({estimate, error: 0.05}));
    const result = heterogeneity(same)!;
    expect(result.between).toBe(0);
    expect(result.p).toBeGreaterThan(0.8);
    for (const value of result.shrunk) expect(value).toBeCloseTo(0.31 / 3, 10);
  });

  it("keeps effects that lie apart apart, each drawn in by its own error", () => {
    const result = heterogeneity([
      {estimate: 0, error: 0.01},
      {estimate: 1, error: 0.01},
      {estimate: 1, error: 0.5},
      {estimate: NaN, error: NaN}
    ])!;
    expect(result.df).toBe(2);
    expect(result.q).toBeCloseTo(5000.96, 0);
    expect(result.p).toBeLessThan(1e-9);
    expect(result.shrunk[1]).toBeGreaterThan(0.99);
    expect(result.shrunk[2]).toBeLessThan(result.shrunk[1]!);
    expect(result.shrunk[3]).toBeNaN();
    expect(heterogeneity([{estimate: 1, error: 1}])).toBeUndefined();
  });
});

it("profit carries the interval through and knows where it breaks even", () => {
  const result = profit({estimate: 0.5, lower: 0.1, upper: 0.9}, 10_000, 9_000, {costPerSend: 0.1, margin: 0.4});
  expect(result).toEqual({estimate: 1100, lower: -500, upper: 2700, cost: 900, breakEven: 0.225, returned: 1100 / 900});
  expect(profit({estimate: 1, lower: 0, upper: 2}, 10, 10, {costPerSend: 0, margin: 0})).toMatchObject({
    breakEven: undefined,
    returned: undefined
  });
});

function pairs(values: readonly (readonly [number, number])[]): PairMoments {
  const total = {n: values.length, sum: 0, squares: 0, sumBefore: 0, squaresBefore: 0, products: 0};
  for (const [y, x] of values) {
    total.sum += y;
    total.squares += y * y;
    total.sumBefore += x;
    total.squaresBefore += x * x;
    total.products += x * y;
  }
  return total;
}
