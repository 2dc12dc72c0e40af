import {afterEach, describe, expect, it} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {silent} from "../../../loaders/engine/progress.js";
import {random} from "../../../lib/stats/random.js";
import {mbgNbd} from "../../../lib/value/betaGeometric.js";
import {testWarehouse, type TestEvent, type TestWarehouse} from "../../warehouse.js";

let warehouse: TestWarehouse | undefined;
afterEach(() => warehouse?.close());

/** Derives the value tables as of the end of a day, and reads one of them. */
async function valueOf(events: TestEvent[], asOf: string, value: Record<string, unknown> = {}) {
  warehouse = await testWarehouse({events, workspace: {value, history: 0}, properties: {category: "VARCHAR"}});
  const {database, workspace} = warehouse;
  const nodes = (await modelNodes(database, workspace)).filter(({name}) =>
    /^core\.profiles$|^derived\.(lifetime_value|value_)/.test(name)
  );
  const reports = await derive(database, workspace, nodes, {
    asOf: new Date(`${asOf}T00:00:00Z`),
    progress: silent,
    runId: "test"
  });
  const failed = reports.filter((report) => report.name.includes("value") && report.status !== "built");
  expect(failed).toEqual([]);
  return {
    orders: () => database.rows(`select * exclude (profile_id) from derived.value_orders order by day`),
    value: () =>
      database.rows<Record<string, any>>(
        "select * from derived.lifetime_value order by count_orders, first_order_date"
      ),
    fit: (part: string) =>
      database.row<Record<string, any>>("select * from derived.value_fit where part = $part", {part}),
    checks: () => database.rows<Record<string, any>>("select * from derived.value_checks")
  };
}

const buy = (profile: string, time: string, value: number | null, properties = {}): TestEvent => ({
  type: "commerce.purchase",
  profile,
  time,
  value,
  properties
});
const refund = (profile: string, time: string, value: number): TestEvent => ({
  type: "commerce.refund",
  profile,
  time,
  value
});

describe("derived.value_orders", () => {
  it("merges a day's orders and takes refunds off the order before them", async () => {
    const {orders} = await valueOf(
      [
        buy("a", "2024-01-01T08:00", 10),
        buy("a", "2024-01-01T20:00", 5),
        buy("a", "2024-02-01", 20),
        refund("a", "2024-01-15", 4),
        refund("a", "2024-02-03", 20),
        refund("a", "2023-12-01", 3)
      ],
      "2024-03-01"
    );
    expect(await orders()).toEqual([{day: "2024-01-01", orders: 2, gross: 15, refunded: 4, net: 11, margin: 11}]);
  });

  it("knows no refund after the as-of day", async () => {
    const {orders} = await valueOf([buy("a", "2024-01-01", 10), refund("a", "2024-02-01", 10)], "2024-01-10");
    expect((await orders())[0]).toMatchObject({net: 10, refunded: 0});
  });

  it("takes the margin of the order's category, else the default", async () => {
    const {orders} = await valueOf(
      [
        buy("a", "2024-01-01", 100, {category: "shoes"}),
        buy("a", "2024-01-02", 100, {category: "o'hat"}),
        buy("a", "2024-01-03", 100)
      ],
      "2024-03-01",
      {margin: {default: 0.2, property: "category", values: {shoes: 0.5, "o'hat": 0.4}}}
    );
    expect((await orders()).map((row) => row.margin)).toEqual([50, 40, 20]);
  });
});

describe("derived.lifetime_value on bad and hard input", () => {
  it("no event at all: empty tables, and one clear sentence", async () => {
    const {value, fit, checks} = await valueOf([], "2024-06-01");
    expect(await value()).toEqual([]);
    expect(await checks()).toEqual([]);
    expect((await fit("asked"))!.message).toBe("no customers");
  });

  it("one customer: history, no forecast, one clear sentence", async () => {
    const {value, fit} = await valueOf([buy("a", "2024-01-01", 10)], "2024-06-01");
    expect(await value()).toMatchObject([{count_orders: 1, historic_net: 10, expected_value: null, p_alive: null}]);
    expect((await fit("asked"))!.message).toContain("nobody has ordered twice");
  });

  it("everybody bought on the same day", async () => {
    const {fit} = await valueOf(
      ["a", "b", "c", "d"].map((p) => buy(p, "2024-01-01", 10)),
      "2024-01-02"
    );
    expect((await fit("asked"))!.message).toContain("length zero");
  });

  it("people without an order have a history of zero and no forecast", async () => {
    const {value} = await valueOf(
      [buy("a", "2024-01-01", 10), {type: "web.view", profile: "b", time: "2024-01-02"}],
      "2024-06-01"
    );
    expect((await value())[0]).toMatchObject({count_orders: 0, historic_gross: 0, expected_value: null});
  });

  it("zero, negative and missing order values, dates before 1970, a frequency of 500", async () => {
    const events = [
      buy("zero", "1965-01-01", 0),
      buy("zero", "1965-03-01", 0),
      buy("negative", "1965-01-01", -5),
      buy("missing", "1965-01-01", null),
      buy("missing", "1965-02-01", 8),
      ...Array.from({length: 500}, (_, i) => buy("often", new Date(-1.5e11 + i * 86_400_000).toISOString(), 3)),
      ...Array.from({length: 40}, (_, i) => [
        buy(`p${i}`, "1965-02-01", 5 + i),
        buy(`p${i}`, `1965-0${3 + (i % 6)}-10`, 9)
      ]).flat()
    ];
    const {value, fit} = await valueOf(events, "1967-01-01");
    for (const row of await value()) {
      expect(row.expected_value === null || row.expected_value >= 0).toBe(true);
      expect(row.p_alive === null || (row.p_alive >= 0 && row.p_alive <= 1)).toBe(true);
    }
    expect(["ok", "boundary", "not converged"]).toContain((await fit("asked"))!.status);
  });

  it("no drop-out in the data: NBD takes over, without P(alive), and says so", async () => {
    const uniform = random(3);
    const events = Array.from({length: 120}, (_, i) => {
      const days = 7 + (i % 20);
      return Array.from({length: Math.floor(200 / days)}, (_, j) =>
        buy(`p${i}`, new Date(Date.UTC(2024, 0, 1 + (i % 10) + j * days)).toISOString(), 5 + 20 * uniform())
      );
    }).flat();
    const {value, fit} = await valueOf(events, "2024-07-20");
    expect((await fit("asked"))!).toMatchObject({status: "boundary", model: "mbg-nbd"});
    expect((await fit("asked"))!.message).toContain("no drop-out");
    expect((await fit("orders"))!.model).toBe("nbd");
    expect((await value()).every((row) => row.p_alive === null && row.expected_value > 0 && row.model === "nbd")).toBe(
      true
    );
  });
});

describe("derived.lifetime_value on simulated customers", () => {
  const start = Date.UTC(2023, 0, 1);
  const uniform = random(17);
  const f = mbgNbd.at([0.6, 40, 0.8, 2]);
  const events = Array.from({length: 700}, (_, i) => {
    const first = i % 90;
    const value = 10 + 30 * uniform();
    let [time, list] = [0, [buy(`p${i}`, new Date(start + first * 86_400_000).toISOString(), value)]];
    for (let orders = f.history(600 - first, uniform).x; orders > 0 && time < 600 - first; --orders) {
      time += 1 + Math.floor(uniform() * 60);
      if (first + time < 600) {
        list.push(buy(`p${i}`, new Date(start + (first + time) * 86_400_000).toISOString(), value * (0.5 + uniform())));
      }
    }
    return list;
  }).flat();

  it("gives an interval around the expectation, and checks itself from several days", async () => {
    const {value, checks} = await valueOf(events, "2024-08-23", {horizons: ["6 months", "12 months"]});
    const rows = await value();
    expect(rows.length).toBe(700);
    for (const row of rows) {
      expect(row.lower).toBeGreaterThanOrEqual(0);
      expect(row.upper).toBeGreaterThanOrEqual(row.lower);
      expect(row.expected_orders_by_horizon["12 months"]).toBeGreaterThanOrEqual(
        row.expected_orders_by_horizon["6 months"]
      );
    }
    const expected = rows.reduce((sum, row) => sum + row.expected_value, 0);
    expect(rows.reduce((sum, row) => sum + row.upper, 0)).toBeGreaterThan(expected);
    const found = await checks();
    expect(new Set(found.map((row) => row.origin)).size).toBeGreaterThan(1);
    const total = (measure: string, series: string) =>
      found.find((row) => row.part === "total" && row.measure === measure && row.series === series)!.value;
    expect(total("orders.rmse", "model")).toBeLessThan(total("orders.rmse", "zero"));
  });

  it("is the same twice", async () => {
    const first = await (await valueOf(events.slice(0, 400), "2024-08-23")).value();
    warehouse!.close();
    expect(await (await valueOf(events.slice(0, 400), "2024-08-23")).value()).toEqual(first);
  });
});

describe("derived.value_checks of opportunities", () => {
  it("track renewals until the first month without", async () => {
    const months = (i: number) => [0, 1, 2, ...(i % 3 === 0 ? [3, 4, 5, 6, 7, 8, 9, 10, 11] : i % 3 === 1 ? [4] : [])];
    const events = Array.from({length: 30}, (_, i) =>
      months(i).map((month) => buy(`p${i}`, `2024-${String(month + 1).padStart(2, "0")}-05`, 10 + i))
    ).flat();
    const {checks} = await valueOf(events, "2025-01-01", {model: "sbg", unit: "month"});
    const actual = (await checks()).filter((row) => row.part === "tracking" && row.series === "actual");
    // Thirty renew twice, ten of them nine times more; those ten who skip a month are not counted when they are back.
    expect(Math.max(...actual.map((row) => row.value))).toBe(30 * 2 + 10 * 9);
  });

  it("track the units with an order, week by week", async () => {
    // Everybody may order once a month, on their own day of it, with a chance of their own, until they leave.
    const uniform = random(8);
    const days: number[] = [];
    const events = Array.from({length: 400}, (_, i) => {
      const list: TestEvent[] = [];
      const [buys, leaves] = [0.2 + 0.7 * uniform(), 0.1 * uniform()];
      for (let month = 0; month < 24 && (month === 0 || uniform() > leaves); ++month) {
        if (month > 0 && uniform() > buys) continue;
        const day = Date.UTC(2023, (i % 6) + month, 1 + (i % 28));
        if (day >= Date.UTC(2025, 0, 1)) break;
        list.push(buy(`p${i}`, new Date(day).toISOString(), 10 + (i % 9)));
        if (month > 0) days.push(day);
      }
      return list;
    }).flat();
    const {checks} = await valueOf(events, "2025-01-01", {model: "bg-bb", unit: "month"});
    const found = await checks();
    const origin = found
      .map((row) => String(row.origin))
      .sort()
      .at(-1);
    const track = (series: string) =>
      found
        .filter((row) => String(row.origin) === origin && row.part === "tracking" && row.series === series)
        .sort((a, b) => a.place - b.place);
    const [actual, expected] = [track("actual"), track("model")];
    expect(actual.length).toBe(104);
    for (const {place, value} of actual) {
      const end = Date.UTC(2023, 0, 7 * place);
      expect(value).toBe(days.filter((day) => day <= end).length);
    }
    const last = actual.at(-1)!.value;
    expect(Math.abs(expected.at(-1)!.value / last - 1)).toBeLessThan(0.05);
    expect(Math.abs(expected[51]!.value / actual[51]!.value - 1)).toBeLessThan(0.05);
  });
});
