import {describe, expect, it} from "vitest";
import {lift, type Outcome} from "../../../lib/response/lift.js";
import {sampleRatio} from "../../../lib/stats/sampleRatio.js";
import {addMoments, momentsOf} from "../../oracles/moments.js";

/**
 * K. Hillstrom's e-mail test (2008), the summary of its 64,000 rows: people, visitors, buyers, mean spend and its
 * deviation. The differences below were computed independently.
 */
const arms = {
  mens: {n: 21307, visits: 3894, buyers: 267, total: 30311.69, deviation: 17.7542},
  womens: {n: 21387, visits: 3238, buyers: 189, total: 23038.11, deviation: 15.1161},
  none: {n: 21306, visits: 2262, buyers: 122, total: 13908.33, deviation: 11.5882}
};

type Arm = (typeof arms)["mens"];

const visits = ({n, visits}: Arm): Outcome => ({n, events: visits, sum: visits, squares: visits});
const buyers = ({n, buyers}: Arm): Outcome => ({n, events: buyers, sum: buyers, squares: buyers});
const spend = ({n, total, deviation, buyers}: Arm): Outcome => ({
  ...momentsOf(n, total / n, deviation),
  events: buyers
});
const pool = (measure: (arm: Arm) => Outcome): Outcome => {
  const [a, b] = [measure(arms.mens), measure(arms.womens)];
  return {...addMoments(a, b), events: a.events + b.events};
};

describe("Hillstrom's e-mail test from its summary", () => {
  const interval = ({difference, lower, upper}: {difference: number; lower: number; upper: number}, digits = 6) =>
    [difference, lower, upper].map((value) => value.toFixed(digits));

  it("the men's mailing brought 7.66 points more visitors", () => {
    const result = lift("rate", visits(arms.mens), visits(arms.none));
    expect(interval(result)).toEqual(["0.076590", "0.069953", "0.083227"]);
    expect(result.statistic.toFixed(2)).toBe("22.49");
    expect(result.relative!.estimate.toFixed(2)).toBe("0.72");
    expect(result.treated.toFixed(6)).toBe("0.182757");
    expect(result.control.toFixed(6)).toBe("0.106167");
  });

  it("and 0.68 points more buyers", () => {
    const result = lift("rate", buyers(arms.mens), buyers(arms.none));
    expect(interval(result)).toEqual(["0.006805", "0.005014", "0.008641"]);
    expect(result.statistic.toFixed(3)).toBe("7.385");
  });

  it("and $0.77 a head, which is 54% of what they spent", () => {
    const result = lift("mean", spend(arms.mens), spend(arms.none));
    expect(result.difference.toFixed(5)).toBe("0.76983");
    expect(result.lower.toFixed(4)).toBe("0.4851");
    expect(result.upper.toFixed(4)).toBe("1.0545");
    expect(result.statistic.toFixed(3)).toBe("5.300");
    expect(result.df!.toFixed(0)).toBe("36671");
    expect(result.p.toPrecision(2)).toBe("1.2e-7");
    expect(result.total.estimate.toFixed(2)).toBe("16402.71");
    expect((result.total.estimate / arms.mens.total).toFixed(2)).toBe("0.54");
  });

  it("the women's mailing brought less of everything", () => {
    const seen = lift("rate", visits(arms.womens), visits(arms.none));
    expect(interval(seen)).toEqual(["0.045233", "0.038894", "0.051574"]);
    expect(seen.statistic.toFixed(2)).toBe("13.95");
    const bought = lift("rate", buyers(arms.womens), buyers(arms.none));
    expect(interval(bought)).toEqual(["0.003111", "0.001502", "0.004745"]);
    expect(bought.statistic.toFixed(3)).toBe("3.780");
    const spent = lift("mean", spend(arms.womens), spend(arms.none));
    expect(spent.difference.toFixed(5)).toBe("0.42441");
    expect(spent.statistic.toFixed(3)).toBe("3.256");
    expect(spent.p.toFixed(5)).toBe("0.00113");
    expect(spent.total.estimate.toFixed(2)).toBe("9076.90");
  });

  it("both mailings taken together", () => {
    expect(interval(lift("rate", pool(visits), visits(arms.none)))).toEqual(["0.060882", "0.055404", "0.066291"]);
    expect(interval(lift("rate", pool(buyers), buyers(arms.none)))).toEqual(["0.004955", "0.003508", "0.006333"]);
    const spent = lift("mean", pool(spend), spend(arms.none));
    expect(spent.difference.toFixed(5)).toBe("0.59680");
    expect(spent.total.estimate.toFixed(2)).toBe("25479.61");
  });

  it("the arms are as large as they should be", () => {
    const {statistic, p} = sampleRatio([arms.mens.n, arms.womens.n, arms.none.n]);
    expect(statistic.toFixed(4)).toBe("0.2025");
    expect(p.toFixed(3)).toBe("0.904");
  });
});
