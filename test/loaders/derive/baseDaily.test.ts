import {afterEach, expect, it} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {silent} from "../../../loaders/engine/progress.js";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";

let warehouse: TestWarehouse | undefined;

afterEach(() => {
  warehouse?.close();
  warehouse = undefined;
});

async function days(events: TestEvent[], options: TestWarehouseOptions) {
  warehouse = await testWarehouse({...options, events, workspace: {history: 0, ...options.workspace}});
  const {database, workspace} = warehouse;
  const nodes = await modelNodes(database, workspace);
  const reports = await derive(database, workspace, nodes, {
    asOf: new Date("2024-03-05T00:00:00Z"),
    progress: silent,
    runId: "test",
    only: "insights.fact_base_daily"
  });
  expect(reports.filter((report) => report.status !== "built")).toEqual([]);
  const rows = await database.rows<Record<string, unknown>>(
    `select date, category, count_profiles, count_new, count_active, value
     from insights.fact_base_daily order by date, category`
  );
  return rows.map((row) => Object.values(row));
}

const tier = (date: string, profile: string, value: string): TestEvent => ({
  type: "profile.updated",
  time: `${date}T06:00:00`,
  profile,
  properties: {tier: value}
});

const events: TestEvent[] = [
  tier("2024-03-01", "ann", "gold"),
  tier("2024-03-01", "bob", "blue"),
  {type: "commerce.purchase", time: "2024-03-01T12:00:00", profile: "ann", value: 10},
  {type: "commerce.purchase", time: "2024-03-01T13:00:00", profile: "ann", value: 5},
  {type: "commerce.purchase", time: "2024-03-03T12:00:00", profile: "bob", value: 2},
  tier("2024-03-03", "ann", "blue"),
  {type: "commerce.purchase", time: "2024-03-03T13:00:00", profile: "ann", value: 20},
  {type: "commerce.purchase", time: "2024-03-03T14:00:00", profile: "cid", value: 1},
  {type: "commerce.purchase", time: "2024-03-05T00:00:00", profile: "ann", value: 1000}
];

it("insights.fact_base_daily has every day and the people's category of now", async () => {
  const rows = await days(events, {
    attributes: {tier: "VARCHAR"},
    workspace: {category: {attribute: "tier"}}
  });
  expect(rows).toEqual([
    ["2024-03-01", "(none)", 0, 0, 0, 0],
    ["2024-03-01", "*", 2, 2, 1, 15],
    ["2024-03-01", "blue", 2, 2, 1, 15],
    ["2024-03-02", "(none)", 0, 0, 0, 0],
    ["2024-03-02", "*", 2, 0, 0, 0],
    ["2024-03-02", "blue", 2, 0, 0, 0],
    ["2024-03-03", "(none)", 1, 1, 1, 1],
    ["2024-03-03", "*", 3, 1, 3, 23],
    ["2024-03-03", "blue", 2, 0, 2, 22],
    ["2024-03-04", "(none)", 1, 0, 0, 0],
    ["2024-03-04", "*", 3, 0, 0, 0],
    ["2024-03-04", "blue", 2, 0, 0, 0]
  ]);
});

it("insights.fact_base_daily counts events under the category of their time, people once under all", async () => {
  const rows = await days(events, {
    attributes: {tier: "VARCHAR"},
    workspace: {category: {attribute: "tier", at: "event"}}
  });
  expect(rows.filter(([date]) => date === "2024-03-01" || date === "2024-03-03")).toEqual([
    ["2024-03-01", "(none)", 0, 0, 0, 0],
    ["2024-03-01", "*", 2, 2, 1, 15],
    ["2024-03-01", "blue", 1, 1, 0, 0],
    ["2024-03-01", "gold", 1, 1, 1, 15],
    ["2024-03-03", "(none)", 1, 1, 1, 1],
    ["2024-03-03", "*", 3, 1, 3, 23],
    ["2024-03-03", "blue", 1, 0, 2, 22],
    ["2024-03-03", "gold", 1, 0, 0, 0]
  ]);
});

it("insights.fact_base_daily knows properties as categories, and none at all", async () => {
  const properties = {channel: "VARCHAR"} as const;
  const bought = events.filter(({type}) => type === "commerce.purchase");
  const byChannel = await days(
    bought.map((event, i) => ({...event, properties: {channel: i % 2 ? "web" : "shop"}})),
    {properties, workspace: {category: {property: "channel", at: "event"}}}
  );
  expect(byChannel.filter(([date]) => date === "2024-03-01")).toEqual([
    ["2024-03-01", "*", 1, 1, 1, 15],
    ["2024-03-01", "shop", 1, 1, 1, 10],
    ["2024-03-01", "web", 0, 0, 1, 5]
  ]);
  warehouse!.close();
  expect(await days(bought, {})).toEqual([
    ["2024-03-01", "*", 1, 1, 1, 15],
    ["2024-03-02", "*", 1, 0, 0, 0],
    ["2024-03-03", "*", 3, 2, 3, 23],
    ["2024-03-04", "*", 3, 0, 0, 0]
  ]);
});
