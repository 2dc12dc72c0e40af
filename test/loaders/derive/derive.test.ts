import {afterEach, expect, test} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {silent} from "../../../loaders/engine/progress.js";
import {testWarehouse, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";

let open: TestWarehouse[] = [];
afterEach(() => {
  for (const warehouse of open) warehouse.close();
  open = [];
});

async function setUp(options: TestWarehouseOptions) {
  const warehouse = await testWarehouse(options);
  open.push(warehouse);
  return warehouse;
}

async function build(
  {database, workspace}: TestWarehouse,
  asOf = "2026-01-01",
  options: {only?: string; full?: boolean} = {}
) {
  const nodes = await modelNodes(database, workspace);
  return derive(database, workspace, nodes, {asOf: new Date(asOf), progress: silent, runId: "run", ...options});
}

test("derive() builds every built-in model of a small workspace, and then has nothing to do", async () => {
  const warehouse = await setUp({
    workspace: {category: {attribute: "tier"}, history: 1},
    attributes: {tier: "VARCHAR", salary: "DECIMAL(18,4)"},
    events: [
      {type: "profile.updated", time: "2025-01-01T00:00", profile: "a", properties: {tier: "gold", salary: 10.5}},
      {type: "profile.updated", time: "2025-06-01T00:00", profile: "a", properties: {tier: "silver"}},
      {type: "commerce.purchase", time: "2025-12-10T00:00", profile: "a", value: 20.1},
      {type: "commerce.purchase", time: "2025-12-11T00:00", profile: "b", value: 5}
    ]
  });
  const reports = await build(warehouse);
  expect(reports.filter((report) => report.status !== "built")).toEqual([]);
  expect(await warehouse.database.rows("from core.profiles order by first_event_at")).toMatchObject([
    {tier: "silver", salary: 10.5, last_event_at: new Date("2025-12-10T00:00Z")},
    {tier: null, salary: null}
  ]);
  const again = await build(warehouse);
  expect(again.map((report) => report.status)).toEqual(reports.map(() => "current"));
});
