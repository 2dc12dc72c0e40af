import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {meanInterval} from "../../../lib/stats/meanInterval.js";
import {variance} from "../../../lib/stats/moments.js";
import {newcombe} from "../../../lib/stats/newcombe.js";
import {random, splitmix} from "../../../lib/stats/random.js";
import {rateRatio} from "../../../lib/stats/rateRatio.js";
import {sampleRatio} from "../../../lib/stats/sampleRatio.js";
import {twoProportions} from "../../../lib/stats/twoProportions.js";
import {welch} from "../../../lib/stats/welch.js";
import {wilson} from "../../../lib/stats/wilson.js";
import {addMoments, momentsOf} from "../../oracles/moments.js";

describe("wilson(events, n)", () => {
  it("gives Newcombe's (1998) published examples", () => {
    const rounded = ([events, n]: [number, number]) => {
      const {lower, upper} = wilson(events, n);
      return [lower.toFixed(4), upper.toFixed(4)];
    };
    expect(rounded([81, 263])).toEqual(["0.2553", "0.3662"]);
    expect(rounded([15, 148])).toEqual(["0.0624", "0.1605"]);
    expect(rounded([0, 20])).toEqual(["0.0000", "0.1611"]);
    expect(rounded([1, 29])).toEqual(["0.0061", "0.1718"]);
  });

  it("stays within 0 and 1, holds the rate, and narrows with n", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({min: 1, max: 1000}), (a, n) => {
        const events = a % (n + 1);
        const {estimate, lower, upper} = wilson(events, n);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(estimate);
        expect(upper).toBeGreaterThanOrEqual(estimate);
        const more = wilson(events * 4, n * 4);
        expect(more.upper - more.lower).toBeLessThan(upper - lower);
      })
    );
  });

  it("knows nothing of nobody", () => {
    expect(wilson(0, 0).lower).toBeNaN();
    expect(wilson(3, 2).estimate).toBeNaN();
  });
});

describe("newcombe(events1, n1, events2, n2)", () => {
  it("gives the examples of Newcombe (1998), method 10", () => {
    const rounded = (...groups: [number, number, number, number]) => {
      const {lower, upper} = newcombe(...groups);
      return [lower.toFixed(4), upper.toFixed(4)];
    };
    expect(rounded(56, 70, 48, 80)).toEqual(["0.0524", "0.3339"]);
    expect(rounded(9, 10, 3, 10)).toEqual(["0.1705", "0.8090"]);
    expect(rounded(6, 7, 2, 7)).toEqual(["0.0582", "0.8062"]);
    expect(rounded(5, 56, 0, 29)).toEqual(["-0.0381", "0.1926"]);
    expect(rounded(10, 10, 0, 10)).toEqual(["0.6075", "1.0000"]);
  });

  it("turns round with its groups", () => {
    const [one, two] = [newcombe(40, 90, 11, 80), newcombe(11, 80, 40, 90)];
    expect(one.lower).toBeCloseTo(-two.upper, 14);
    expect(one.upper).toBeCloseTo(-two.lower, 14);
  });
});

describe("comparisons", () => {
  it("twoProportions is the pooled z test, and says nothing of equal extremes", () => {
    const {z, p} = twoProportions(56, 70, 48, 80);
    expect(z).toBeCloseTo(2.65017, 4);
    expect(p).toBeCloseTo(0.008045, 6);
    expect(twoProportions(0, 10, 0, 20)).toEqual({z: 0, p: 1});
  });

  it("rateRatio's interval is that of the logarithm", () => {
    const {estimate, lower, upper} = rateRatio(20, 100, 10, 100);
    expect([estimate, lower, upper].map((v) => v.toFixed(4))).toEqual(["2.0000", "0.9866", "4.0545"]);
    expect(rateRatio(0, 10, 2, 10).lower).toBeNaN();
  });

  it("welch gives Student's own sleep data as R prints it", () => {
    const one = momentsOfValues([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]);
    const two = momentsOfValues([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const {t, df, p, lower, upper} = welch(one, two);
    expect([t, df, p, lower, upper].map((v) => v.toPrecision(7))).toEqual([
      "-1.860813",
      "17.77647",
      "0.07939414",
      "-3.365483",
      "0.2054832"
    ]);
  });

  it("welch of samples without spread, or of one value, claims no interval it does not have", () => {
    expect(welch(momentsOfValues([1, 1, 1]), momentsOfValues([1, 1]))).toMatchObject({estimate: 0, lower: 0, p: 1});
    expect(welch(momentsOfValues([1]), momentsOfValues([1, 2])).lower).toBeNaN();
  });

  it("meanInterval is Student's t", () => {
    const {lower, upper} = meanInterval(momentsOfValues([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]));
    expect([lower.toFixed(6), upper.toFixed(6)]).toEqual(["0.897678", "3.762322"]);
    expect(meanInterval({n: 1, sum: 3, squares: 9}).upper).toBeNaN();
  });

  it("sampleRatio refuses a broken split and takes unequal shares", () => {
    expect(sampleRatio([5000, 5000]).p).toBe(1);
    expect(sampleRatio([5200, 4800]).p).toBeLessThan(0.001);
    expect(sampleRatio([9010, 990], [9, 1])).toMatchObject({df: 1});
    expect(sampleRatio([9010, 990], [9, 1]).p).toBeGreaterThan(0.7);
    expect(sampleRatio([12]).p).toBe(1);
    expect(sampleRatio([0, 0]).p).toBe(1);
  });
});

describe("moments", () => {
  it("of a sample come back from n, mean and deviation, and add up", () => {
    const a = momentsOfValues([1, 4, 9]);
    const b = momentsOfValues([2, 2, 7]);
    expect(variance(momentsOf(3, 14 / 3, Math.sqrt(variance(a))))).toBeCloseTo(variance(a), 12);
    expect(addMoments(a, b)).toEqual(momentsOfValues([1, 4, 9, 2, 2, 7]));
  });
});

describe("random(seed)", () => {
  it("starts from splitmix64's published stream", () => {
    const next = splitmix(1234567n);
    expect([next(), next(), next()]).toEqual([6457827717110365317n, 3203168211198807973n, 9817491932198370423n]);
  });

  it("repeats itself, differs by seed, and is uniform", () => {
    const [a, b, c] = [random(7), random(7), random(8)];
    const draws = Array.from({length: 20_000}, () => a());
    expect(draws.slice(0, 5)).toEqual([b(), b(), b(), b(), b()]);
    expect(draws[0]).not.toBe(c());
    const counts = new Array<number>(20).fill(0);
    for (const draw of draws) counts[Math.floor(draw * 20)]!++;
    expect(sampleRatio(counts).p).toBeGreaterThan(0.001);
  });
});

function momentsOfValues(values: number[]) {
  return {
    n: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    squares: values.reduce((a, b) => a + b * b, 0)
  };
}
