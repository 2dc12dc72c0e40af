import {describe, expect, it} from "vitest";
import {bgNbd, mbgNbd} from "../../../lib/value/betaGeometric.js";
import {discounted, discountRate} from "../../../lib/value/discount.js";
import {calibration, checkHoldout, gain} from "../../../lib/value/holdout.js";
import {fitPurchases, fitSpend} from "../../../lib/value/fit.js";
import {gammaGamma} from "../../../lib/value/gammaGamma.js";
import {summarise} from "../../../lib/value/summary.js";
import {paretoNbd} from "../../../lib/value/paretoNbd.js";
import {calibrationEnd, cdnow, hasReference, reference} from "./reference.js";

describe("gain(score, actual)", () => {
  it("shares a tie's total evenly, whatever the order", () => {
    expect(gain([1, 1, 1, 1], [8, 0, 0, 0]).capture[4]).toBeCloseTo(0.5, 12);
    expect(gain([1, 1, 1, 1], [0, 0, 8, 0]).normalisedGini).toBeCloseTo(0, 12);
  });

  it("is 1 for a perfect ranking, −1 for the reverse, null where nothing came", () => {
    expect(gain([3, 2, 1], [9, 4, 1]).normalisedGini).toBeCloseTo(1, 12);
    expect(gain([1, 2, 3], [9, 4, 1]).normalisedGini).toBeCloseTo(-1, 12);
    expect(gain([1, 2], [0, 0]).normalisedGini).toBeNull();
    expect(gain([], []).normalisedGini).toBeNull();
  });
});

describe("calibration(predicted, actual, baseline)", () => {
  it("keeps ties together and loses nobody", () => {
    const rows = calibration([5, 5, 5, 1, 0, 0], [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0]);
    expect(rows.reduce((sum, row) => sum + row.customers, 0)).toBe(6);
    expect(rows.filter((row) => row.customers > 0).map((row) => row.customers)).toEqual([3, 1, 2]);
  });
});

describe("checkHoldout(predicted, actual)", () => {
  it("says null where a ratio or correlation has no meaning", () => {
    expect(checkHoldout([1, 1], [0, 0])).toMatchObject({ratio: null, correlation: null, rmse: 1});
  });
});

describe("discounted(expected, horizon, delta)", () => {
  it("is the integral of a constant rate's discount", () => {
    expect(discounted((t) => 2 * t, 52, 0.01)).toBeCloseTo((2 * (1 - Math.exp(-0.52))) / 0.01, 10);
    expect(discounted((t) => t, 0, 0.01)).toBe(0);
    expect(discountRate(0.1, "month")).toBeCloseTo(Math.log(1.1) / 12, 15);
  });
});

describe.skipIf(!hasReference)("on the shared reference (skipped without ../shared/data)", () => {
  it("discounted agrees with SciPy over 52 weeks", () => {
    const ref = reference();
    for (const c of ref.cases) {
      for (const [key, model, at] of [
        ["bg", bgNbd, ref.reference_params.bg],
        ["pareto", paretoNbd, ref.reference_params.pn],
        ["mbg", mbgNbd, ref.reference_params.mbg]
      ] as const) {
        if (c[key]?.det52 === undefined) continue;
        const f = model.at(at as number[]);
        const value = discounted((h) => f.expected(h, c.x, c.t_x, c.T), 52, ref.weekly_discount_continuous);
        expect(Math.abs(value / c[key].det52 - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it("gain of historic spend and frequency on CDNOW is as computed elsewhere", () => {
    const ref = reference().decile_capture_tie_aware_sample;
    const histories = cdnow();
    const split = (h: (typeof histories)[number], isLater: boolean) =>
      h.values.reduce((sum, value, i) => (h.days[i]! > calibrationEnd === isLater ? sum + value : sum), 0);
    const actual = histories.map((h) => split(h, true));
    const check = (score: number[], expected: {cum_capture: number[]; normalised_gini: number}) => {
      const {capture, normalisedGini} = gain(score, actual);
      capture.forEach((share, i) => expect(Math.abs(share - expected.cum_capture[i]!)).toBeLessThan(1e-3));
      expect(normalisedGini!).toBeCloseTo(expected.normalised_gini, 3);
    };
    check(
      histories.map((h) => split(h, false)),
      ref["historic spend"]
    );
    check(
      histories.map((h) => h.days.filter((day) => day <= calibrationEnd).length - 1),
      ref["frequency x"]
    );
  });

  it.each([
    ["BG/NBD", bgNbd],
    ["MBG/NBD", mbgNbd],
    ["Pareto/NBD", paretoNbd]
  ] as const)("gain of %s × Gamma-Gamma on CDNOW is as computed elsewhere", (name, model) => {
    const ref = reference().decile_capture_tie_aware_sample;
    const histories = cdnow();
    const known = histories.map((h) => h.days.filter((day) => day <= calibrationEnd).length);
    const x = known.map((n) => n - 1);
    const tx = histories.map((h, i) => (h.days[known[i]! - 1]! - h.days[0]!) / 7);
    const T = histories.map((h) => (calibrationEnd - h.days[0]!) / 7);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const actual = histories.map((h, i) => sum(h.values.slice(known[i])));
    const fit = fitPurchases(model, summarise(x, tx, T));
    const f = model.at(model.parameters.map((parameter) => fit.params[parameter]!));
    for (const [label, skip] of [
      ["repeat", 1],
      ["incl first", 0]
    ] as const) {
      const n = known.map((k) => k - skip);
      const mean = histories.map((h, i) => (n[i] ? sum(h.values.slice(skip, known[i])) / n[i]! : 0));
      const used = [...n.keys()].filter((i) => mean[i]! > 0);
      const spend = fitSpend({
        x: Float64Array.from(used, (i) => n[i]!),
        mean: Float64Array.from(used, (i) => mean[i]!),
        weight: Float64Array.from(used, () => 1)
      });
      const parameters = gammaGamma.parameters.map((parameter) => spend.params[parameter]!);
      const score = x.map(
        (orders, i) => f.expected(39, orders, tx[i]!, T[i]!) * gammaGamma.expected(parameters, n[i]!, mean[i]!)
      );
      const {capture, normalisedGini} = gain(score, actual);
      const expected = ref[`${name} x GG(${label})`];
      expect(normalisedGini!).toBeCloseTo(expected.normalised_gini, 3);
      capture.forEach((share, i) => expect(Math.abs(share - expected.cum_capture[i])).toBeLessThan(5e-4));
    }
  });
});
