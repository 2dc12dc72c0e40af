import {describe, expect, test} from "vitest";
import {unitFormat} from "../../../src/components/format.js";
import {binHistories, frequencyText, type Scored} from "../../../src/components/value/bins.js";
import {Refitting, type RefitData} from "../../../src/components/value/refit.js";
import {apart} from "../../../src/components/chart.js";
import type {ValueCheck, ValueFit, ValueSummary} from "../../../src/components/value/value.js";
import {
  aliveLabel,
  checkCaption,
  checkFinding,
  curveFinding,
  leadSentence,
  modelName,
  ordersLabel,
  refusal,
  statusSentence,
  valueLabel
} from "../../../src/components/value/words.js";

const dollars = unitFormat("money", "USD");
const summary: ValueSummary = {
  customers: 2357,
  forecast: 2357,
  expected_value: 67_136,
  expected_orders: 1943,
  still_customers: 978,
  half: 123,
  historic_net: 244_092,
  before_orders: 2607,
  before_net: 97_964,
  customers_truncated: 696,
  horizon: "12 months",
  basis: "revenue"
};
const origin = new Date("1997-12-30");
const check = (measure: string, series: string, value: number): ValueCheck => ({
  origin,
  until: new Date("1998-06-30"),
  part: "total",
  measure,
  series,
  place: 0,
  value
});

describe("in words", () => {
  test("the lead says how few hold half of what is expected", () => {
    expect(leadSentence(summary, dollars)).toBe(
      "123 customers of 2,357 (5.2%) hold half of the $67.1k of revenue expected in the next 12 months."
    );
    expect(leadSentence({...summary, half: 1, customers: 2, basis: "margin"}, dollars)).toBe(
      "1 customer of 2 (50%) holds half of the $67.1k of margin expected in the next 12 months."
    );
    expect(leadSentence(summary, unitFormat("points", "CAD"))).toContain("half of the 67.1k points expected");
    expect(leadSentence({...summary, expected_value: 0}, dollars)).toContain("Nothing is expected");
  });

  test("a probability is no verdict, a small number of orders is one among many customers", () => {
    expect(aliveLabel(0.87)).toBe("likely still buying, 87%");
    expect(aliveLabel(0.5)).toBe("may still be buying, 50%");
    expect(aliveLabel(0.04)).toBe("probably gone, 4%");
    expect(aliveLabel(null)).toBe("not told by the data");
    expect(ordersLabel(0, "12 months")).toBe("hardly any order in 12 months");
    expect(ordersLabel(0.25, "12 months")).toBe("about 1 order in 12 months from 4 like this");
    expect(ordersLabel(1.1, "12 months")).toBe("about 1 order in 12 months");
    expect(ordersLabel(1.52, "39 weeks")).toBe("about 1.5 orders in 39 weeks");
    expect(ordersLabel(23.7, "12 months")).toBe("about 24 orders in 12 months");
    expect(ordersLabel(null, "12 months")).toBe("–");
  });

  test("a value stands with its range", () => {
    expect(valueLabel(36.2, 0, 90.4, dollars)).toBe("$36 expected, likely $0 to $90");
    expect(valueLabel(4.126, 0, 12, dollars)).toBe("$4.13 expected, likely $0 to $12");
    expect(valueLabel(36.2, null, null, dollars)).toBe("$36 expected");
    expect(valueLabel(null, null, null, dollars)).toBe("–");
  });

  test("what cannot be forecast is said with its reason", () => {
    expect(refusal(undefined, undefined)).toContain("No orders in this workspace");
    const fit = {message: "nobody has ordered twice: repeat orders cannot be forecast from these data"} as ValueFit;
    expect(refusal({...summary, forecast: 0}, fit)).toBe(
      "Nothing can be forecast yet. Nobody has ordered twice: repeat orders cannot be forecast from these data."
    );
    expect(refusal(summary, fit)).toBeUndefined();
    expect(statusSentence({status: "boundary", message: "no drop-out can be told", model: "mbg-nbd"}, "nbd")).toBe(
      "At a boundary: no drop-out can be told. The forecast uses NBD in its place."
    );
    expect(statusSentence({status: "ok", message: null, model: "nbd"}, "nbd")).toMatch(/^The search settled/);
    expect([modelName("mbg-cnbd-3"), modelName("gamma-gamma"), modelName(null)]).toEqual([
      "MBG/CNBD-3",
      "Gamma-Gamma",
      "none"
    ]);
  });

  test("the holdout stands beside the baseline", () => {
    const checks = [
      check("orders.predicted", "model", 1137.2),
      check("orders.actual", "model", 1156),
      check("orders.predicted", "rate", 1813),
      check("orders.ratio", "model", 0.984),
      check("orders.rmse", "model", 1.05),
      check("orders.ratio", "rate", 1.57),
      check("orders.rmse", "rate", 1.33)
    ];
    expect(checkFinding(checks, "orders", dollars)).toBe(
      "Of the customers known by 30 Dec 1997 the forecast said 1,137 orders, and 1,156 orders came: 2% too few; carrying on at the past rate would have said 1,813 orders."
    );
    expect(checkCaption(checks, "orders")).toBe(
      "Predicted ÷ actual: forecast 0.98 (RMSE per customer 1.05), past rate × mean 1.57 (RMSE per customer 1.33)."
    );
    expect([checkFinding([], "value", dollars), checkCaption([], "value")]).toEqual(["", ""]);
  });

  test("the curve's finding names both curves", () => {
    const point = (series: string, share_customers: number, share_value: number) => ({
      series,
      share_customers,
      share_value,
      customers: 50,
      gini: 0.7
    });
    expect(curveFinding([point("expected", 0.1, 0.66), point("historic", 0.1, 0.51)])).toBe(
      "The best tenth hold 66% of the expected value, against 51% of what was spent so far."
    );
    expect(curveFinding([])).toBe("");
  });
});

describe("the map", () => {
  const scored = (values: Partial<Scored>): Scored => ({
    x: 0,
    recency: 0,
    age: 70,
    customers: 1,
    pAlive: 0.5,
    orders: 1,
    ...values
  });

  test("bins histories by repeat orders and days since the last, with means over customers", () => {
    const cells = binHistories([
      scored({customers: 3, pAlive: 0.2, orders: 0.1}),
      scored({customers: 1, pAlive: 0.6, orders: 0.5}),
      scored({x: 5, recency: 66}),
      scored({x: 2000, recency: 70, pAlive: 1})
    ]);
    expect(cells.map(({frequency, quiet, step, customers}) => [frequency, quiet, step, customers])).toEqual([
      [0, 70, 7, 4],
      [4, 0, 7, 1],
      [50, 0, 7, 1]
    ]);
    expect(cells[0]!.p_alive).toBeCloseTo(0.3, 12);
    expect(cells[0]!.expected_orders).toBeCloseTo(0.2, 12);
    expect(cells.map(({frequency}) => frequencyText(frequency))).toEqual(["0", "4–5", "50+"]);
  });

  test("has no P(alive) where none is told, and no cells without customers", () => {
    expect(binHistories([scored({pAlive: null})])[0]!.p_alive).toBeNull();
    expect(binHistories([])).toEqual([]);
  });
});

test("labels stand apart, in their order", () => {
  const placed = apart([{value: 10}, {value: 9}, {value: 2}], 3);
  expect(placed.map(({at}) => at)).toEqual([2, 9, 12]);
});

describe("a refit in the page", () => {
  const columns = (...rows: number[][]) => rows[0]!.map((_, i) => Float64Array.from(rows, (row) => row[i]!));
  const [x, recency, age, customers, spenders, mean] = columns(
    [0, 0, 270, 60, 60, 20],
    [0, 0, 250, 60, 50, 21],
    [1, 30, 260, 25, 25, 24],
    [2, 200, 270, 20, 20, 22],
    [4, 230, 270, 15, 15, 25],
    [9, 260, 268, 8, 8, 30]
  );
  const [orders, means, sharing] = columns(
    [1, 12, 60],
    [1, 29, 50],
    [2, 24, 25],
    [3, 15, 10],
    [3, 29, 10],
    [5, 25, 15],
    [10, 30, 8]
  );
  const data: RefitData = {
    histories: {x, recency, age, customers, spenders, mean} as RefitData["histories"],
    spend: {orders, mean: means, customers: sharing} as RefitData["spend"],
    unit: "week",
    firstOrder: true
  };
  const choice = {model: "mbg-nbd", horizon: "12 months", discountRate: 0.1, factor: 1};

  test("forecasts the base and draws the map from one fit", () => {
    const refit = new Refitting(data).run(choice);
    expect(refit.used).not.toBeNull();
    expect(refit.orders).toBeGreaterThan(0);
    expect(refit.map.reduce((sum, cell) => sum + cell.customers, 0)).toBe(188);
    const orders = refit.map.reduce((sum, cell) => sum + cell.customers * cell.expected_orders!, 0);
    expect(orders).toBeCloseTo(refit.orders!, 9);
  });

  test("expects more of a longer horizon, less at a higher discount, and of a margin its share", () => {
    const refitting = new Refitting(data);
    const value = (change: Partial<typeof choice>) => refitting.run({...choice, ...change}).value!;
    expect(value({horizon: "24 months"})).toBeGreaterThan(value({}));
    expect(value({discountRate: 0})).toBeGreaterThan(value({}));
    expect(value({factor: 0.3})).toBeCloseTo(0.3 * value({}), 9);
  });

  test("says why nothing can be forecast", () => {
    const once = {...data, histories: {...data.histories, x: x!.map(() => 0), recency: x!.map(() => 0)}};
    const refit = new Refitting(once).run(choice);
    expect([refit.fit.status, refit.used, refit.orders, refit.value]).toEqual(["not converged", null, null, null]);
    expect(refit.fit.message).toContain("nobody has ordered twice");
    expect(refit.map[0]).toMatchObject({p_alive: null, expected_orders: null});
  });
});
