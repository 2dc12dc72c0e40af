import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {betaln, incompleteBeta} from "../../../lib/stats/beta.js";
import {chiSquareTail} from "../../../lib/stats/chiSquare.js";
import {erf, erfc} from "../../../lib/stats/erf.js";
import {digamma, lgamma, lgammaRise} from "../../../lib/stats/gamma.js";
import {gammaP, gammaQ} from "../../../lib/stats/incompleteGamma.js";
import {normalCdf, normalQuantile} from "../../../lib/stats/normal.js";
import {studentCdf, studentPdf, studentQuantile} from "../../../lib/stats/student.js";
import * as reference from "./reference.js";

/** Relative to the value, absolute below one: what the distance may be. */
function expectClose(actual: number, expected: number, tolerance: number, scale = Math.abs(expected)): void {
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance * scale);
}

function check(f: (...values: number[]) => number, table: readonly (readonly number[])[], tolerance = 1e-12) {
  for (const row of table) expectClose(f(...row.slice(0, -1)), row[row.length - 1]!, tolerance);
}

describe("special functions", () => {
  it("lgamma(x) agrees with 40-digit values", () => {
    for (const [x, value] of reference.lgammaValues)
      expectClose(lgamma(x!), value!, 1e-14, Math.max(1, Math.abs(value!)));
  });

  it("lgamma(n + 1) is the logarithm of the factorial", () => {
    let factorial = 1;
    for (let n = 1; n <= 170; ++n) expectClose(lgamma(n + 1), Math.log((factorial *= n)), 1e-14, 1 + lgamma(n + 1));
  });

  it("lgamma and digamma are NaN at the poles", () => {
    for (const x of [0, -1, -7]) expect([lgamma(x), digamma(x)]).toEqual([NaN, NaN]);
    expect([lgamma(Infinity), digamma(Infinity)]).toEqual([Infinity, Infinity]);
  });

  it("lgammaRise(x, n) is the logarithm of x (x + 1) … (x + n − 1), also where ln Γ(x) is large", () => {
    for (const x of [0.3, 7, 12, 59_874.2]) {
      let sum = 0;
      for (let n = 0; n < 300; ++n) {
        expectClose(lgammaRise(x, n), sum, 1e-14, Math.max(1, sum));
        sum += Math.log(x + n);
      }
    }
  });

  it("digamma(x) agrees with 40-digit values, and with its recurrence", () => {
    check(digamma, reference.digammaValues);
    fc.assert(
      fc.property(fc.double({min: 0.01, max: 1e4, noNaN: true}), (x) =>
        expectClose(digamma(x + 1), digamma(x) + 1 / x, 1e-12, 1 + 1 / x)
      )
    );
  });

  it("betaln(a, b) agrees with 40-digit values, large arguments included, and is symmetric", () => {
    check(betaln, reference.betalnValues, 1e-13);
    expect(betaln(3, 700)).toBe(betaln(700, 3));
    expect(betaln(0, 1)).toBeNaN();
  });

  it("incompleteBeta(x, a, b) agrees with 40-digit values", () => {
    check(incompleteBeta, reference.incompleteBetaValues, 1e-11);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect(incompleteBeta(0.5, -1, 3)).toBeNaN();
  });

  it("incompleteBeta is the tail of a binomial where its parameters are whole", () => {
    // I_p(k, n − k + 1) = P(Binomial(n, p) ≥ k)
    fc.assert(
      fc.property(fc.integer({min: 1, max: 25}), fc.double({min: 0.01, max: 0.99, noNaN: true}), (n, p) => {
        let term = (1 - p) ** n;
        let below = 0;
        for (let k = 1; k <= n; ++k) {
          below += term;
          term *= ((n - k + 1) / k) * (p / (1 - p));
          expectClose(incompleteBeta(p, k, n - k + 1), 1 - below, 1e-12, 1);
        }
      })
    );
  });

  it("gammaQ(a, x) agrees with 40-digit values, and gammaP is the rest", () => {
    check(gammaQ, reference.gammaQValues, 1e-12);
    for (const [a, x] of reference.gammaQValues) expectClose(gammaP(a!, x!) + gammaQ(a!, x!), 1, 1e-14);
    expect([gammaP(2, 0), gammaP(2, Infinity), gammaQ(2, Infinity)]).toEqual([0, 1, 0]);
    expect([gammaP(0, 1), gammaQ(1, -1)]).toEqual([NaN, NaN]);
  });

  it("erfc(x) agrees with 40-digit values far into the tail", () => {
    check(erfc, reference.erfcValues, 1e-12);
    expectClose(erf(1), 0.8427007929497148693, 1e-14);
    expect(erf(-0.3)).toBe(-erf(0.3));
  });
});

describe("distributions", () => {
  it("normalQuantile(p) agrees with 40-digit values and inverts normalCdf", () => {
    check(
      normalQuantile,
      reference.normalQuantileValues.filter(([p]) => p !== 0.5),
      1e-14
    );
    expect([normalQuantile(0.5), normalQuantile(0), normalQuantile(1)]).toEqual([0, -Infinity, Infinity]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(NaN)]).toEqual([NaN, NaN, NaN]);
    fc.assert(
      fc.property(fc.double({min: -7, max: 3, noNaN: true}), (z) =>
        expectClose(normalQuantile(normalCdf(z)), z, 1e-12, 4)
      )
    );
  });

  it("studentCdf(t, df) agrees with 40-digit values", () => {
    check(studentCdf, reference.studentCdfValues, 1e-11);
    expect(studentCdf(0, 3)).toBe(0.5);
    expect(studentCdf(1, 0)).toBeNaN();
    expectClose(studentPdf(1.3, 7), (studentCdf(1.30001, 7) - studentCdf(1.29999, 7)) / 2e-5, 1e-9);
  });

  it("studentQuantile(p, df) agrees with 40-digit values and inverts studentCdf for any df", () => {
    check(studentQuantile, reference.studentQuantileValues, 1e-11);
    expect([studentQuantile(0, 3), studentQuantile(1, 3), studentQuantile(0.5, 3)]).toEqual([-Infinity, Infinity, 0]);
    expect([studentQuantile(2, 3), studentQuantile(0.5, -1)]).toEqual([NaN, NaN]);
    fc.assert(
      fc.property(
        fc.double({min: 1e-6, max: 0.999, noNaN: true}),
        fc.double({min: 0.5, max: 1e6, noNaN: true}),
        (p, df) => expectClose(studentCdf(studentQuantile(p, df), df), p, 1e-10)
      )
    );
  });

  it("chiSquareTail(x, df) agrees with 40-digit values", () => {
    check(chiSquareTail, reference.chiSquareTailValues, 1e-12);
  });
});
