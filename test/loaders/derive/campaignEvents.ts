import {afterEach, expect} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import type {Database} from "../../../loaders/engine/database.js";
import {silent} from "../../../loaders/engine/progress.js";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";

const properties = {
  arm: "VARCHAR",
  audience: "VARCHAR",
  is_machine: "BOOLEAN",
  user_agent: "VARCHAR",
  link: "VARCHAR",
  bounce_type: "VARCHAR",
  order_id: "VARCHAR"
} as const;

let warehouse: TestWarehouse | undefined;

afterEach(() => {
  warehouse?.close();
  warehouse = undefined;
});

/** Builds one table and what it reads over these events, as of 1 April 2024; every test of every table must hold. */
export async function build(only: string, events: TestEvent[], options: TestWarehouseOptions = {}): Promise<Database> {
  warehouse = await testWarehouse({properties, ...options, events, workspace: {history: 0, ...options.workspace}});
  const {database, workspace} = warehouse;
  const nodes = await modelNodes(database, workspace);
  const asOf = new Date("2024-04-01T00:00:00Z");
  const reports = await derive(database, workspace, nodes, {asOf, progress: silent, runId: "test", only});
  const broken = reports.filter((report) => report.status !== "built");
  expect(broken.map(({name, error, broken}) => ({name, error, broken}))).toEqual([]);
  return database;
}

/** An event of a mail of March 2024: `mail("opened", "02T10:00:00", "ann")`. */
export const mail = (type: string, time: string, profile = "ann", more: Partial<TestEvent> = {}): TestEvent => ({
  type: `email.${type}`,
  time: `2024-03-${time}`,
  profile,
  campaign: "spring",
  ...more
});

export const assigned = (time: string, profile: string, arm?: string, more: Partial<TestEvent> = {}): TestEvent => ({
  type: "campaign.assigned",
  time: `2024-03-${time}`,
  profile,
  campaign: "spring",
  properties: arm === undefined ? undefined : {arm},
  ...more
});

export const order = (
  time: string,
  profile: string,
  value: number,
  properties?: Record<string, unknown>
): TestEvent => ({
  type: "commerce.purchase",
  time: `2024-03-${time}`,
  profile,
  value,
  properties
});

export const refund = (
  time: string,
  profile: string,
  value: number,
  properties?: Record<string, unknown>
): TestEvent => ({
  ...order(time, profile, value, properties),
  type: "commerce.refund"
});
