import {expect, it} from "vitest";
import {estimatedOpens} from "../../../lib/response/estimatedOpens.js";
import {kpis} from "../../../lib/response/kpis.js";
import {lift, type Outcome} from "../../../lib/response/lift.js";
import {random} from "../../../lib/stats/random.js";

it("kpis give every figure over its denominator, with intervals", () => {
  const response = {
    sent: 1000,
    delivered: 980,
    opens: 700,
    opened: 300,
    margin: 0.25,
    opened_human: 245,
    clicked_human: 49,
    unsubscribed: 10,
    complained: 1,
    converted: 20,
    revenue: 1960,
    revenue_squares: 49_000
  };
  const figures = kpis.map(({name, value}) => {
    const {estimate, lower, upper} = value(response);
    return [name, estimate.toFixed(4), lower < estimate && estimate < upper];
  });
  expect(figures).toEqual([
    ["delivered", "0.9800", true],
    ["opens", "700.0000", false],
    ["opened", "300.0000", false],
    ["human_open_rate", "0.2500", true],
    ["click_rate", "0.0500", true],
    ["click_to_open_rate", "0.2000", true],
    ["unsubscribe_rate", "0.0102", true],
    ["complaint_rate", "0.0010", true],
    ["conversion_rate", "0.0204", true],
    ["revenue_per_mail", "2.0000", true],
    ["margin_per_mail", "0.5000", true]
  ]);
});

it("estimatedOpens adds as many hidden opens as their clicks tell, and knows nothing without clicks", () => {
  const seen = {humanOpened: 200, humanOpenedClicked: 20, onlyMachineOpened: 300, onlyMachineOpenedClicked: 12};
  expect(estimatedOpens(seen)).toBe(200 + 120);
  expect(estimatedOpens({...seen, onlyMachineOpenedClicked: 100})).toBe(500);
  expect(estimatedOpens({...seen, humanOpenedClicked: 0})).toBeUndefined();
  expect(estimatedOpens({...seen, humanOpenedClicked: 0, onlyMachineOpened: 0})).toBe(200);
});

it("kpis of nothing delivered are not known, rather than zero", () => {
  const nothing = {
    sent: 0,
    delivered: 0,
    opens: 0,
    opened: 0,
    margin: null,
    opened_human: 0,
    clicked_human: 0,
    unsubscribed: 0,
    complained: 0,
    converted: 0,
    revenue: 0,
    revenue_squares: 0
  };
  for (const {value, unit} of kpis) expect(value(nothing).estimate).toBe(unit === "count" ? 0 : NaN);
});

it("lift's intervals cover a true difference about 95 times in 100, and none shows up where there is none", () => {
  const next = random(2008);
  const draw = (n: number, p: number): Outcome => {
    let events = 0;
    for (let i = 0; i < n; ++i) if (next() < p) ++events;
    return {n, events, sum: events, squares: events};
  };
  let covered = 0;
  let falsely = 0;
  const runs = 1000;
  for (let i = 0; i < runs; ++i) {
    const {lower, upper} = lift("rate", draw(400, 0.12), draw(200, 0.08));
    if (lower <= 0.04 && upper >= 0.04) ++covered;
    if (lift("rate", draw(400, 0.1), draw(200, 0.1)).p < 0.05) ++falsely;
  }
  expect(covered / runs).toBeGreaterThan(0.93);
  expect(covered / runs).toBeLessThan(0.975);
  expect(falsely / runs).toBeGreaterThan(0.03);
  expect(falsely / runs).toBeLessThan(0.07);
});

it("lift gives a ratio only where the control has 30 events or more", () => {
  const outcome = (n: number, events: number): Outcome => ({n, events, sum: events, squares: events});
  expect(lift("rate", outcome(100, 50), outcome(100, 29)).relative).toBeNull();
  expect(lift("rate", outcome(100, 45), outcome(100, 30)).relative!.estimate).toBeCloseTo(0.5, 12);
  expect(lift("mean", outcome(100, 45), outcome(100, 30)).relative!.estimate).toBeCloseTo(0.5, 12);
});

it("lift of empty or single-headed arms has no interval, and does not fail", () => {
  const one: Outcome = {n: 1, events: 1, sum: 5, squares: 25};
  const none: Outcome = {n: 0, events: 0, sum: 0, squares: 0};
  expect(lift("mean", one, one).lower).toBeNaN();
  expect(lift("rate", none, one).difference).toBeNaN();
});
