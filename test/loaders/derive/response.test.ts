import {afterEach, describe, expect, it} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {audienceNodes} from "../../../loaders/audiences/audiences.js";
import {silent} from "../../../loaders/engine/progress.js";
import {testWarehouse, type TestEvent, type TestWarehouse, type TestWarehouseOptions} from "../../warehouse.js";

const properties = {
  arm: "VARCHAR",
  audience: "VARCHAR",
  is_machine: "BOOLEAN",
  user_agent: "VARCHAR",
  link: "VARCHAR",
  bounce_type: "VARCHAR"
} as const;

let warehouse: TestWarehouse | undefined;

afterEach(() => {
  warehouse?.close();
  warehouse = undefined;
});

/** Builds everything over these events. */
async function build(events: TestEvent[], options: TestWarehouseOptions = {}) {
  warehouse = await testWarehouse({properties, ...options, events, workspace: {history: 0, ...options.workspace}});
  const {database, workspace} = warehouse;
  const nodes = [...(await modelNodes(database, workspace)), ...(await audienceNodes(workspace))];
  const asOf = new Date("2024-04-01T00:00:00Z");
  const reports = await derive(database, workspace, nodes, {asOf, progress: silent, runId: "test"});
  const broken = reports.filter((report) => report.status !== "built");
  expect(broken.map(({name, error, broken}) => ({name, error, broken}))).toEqual([]);
  return database;
}

const mail = (type: string, time: string, profile = "ann", more: Partial<TestEvent> = {}): TestEvent => ({
  type: `email.${type}`,
  time: `2024-03-${time}`,
  profile,
  campaign: "spring",
  ...more
});

describe("activation.sends", () => {
  it("has one row per campaign and person, held-out people included, with arm and audience as assigned", async () => {
    const database = await build([
      {
        type: "campaign.assigned",
        time: "2024-03-01T08:00:00",
        profile: "ann",
        campaign: "spring",
        properties: {arm: "a", audience: "gold"}
      },
      {
        type: "campaign.assigned",
        time: "2024-03-01T08:00:00",
        profile: "bob",
        campaign: "spring",
        properties: {arm: "Control"}
      },
      mail("sent", "01T09:00:00", "ann", {send: "s1", properties: {arm: "b"}}),
      mail("sent", "05T09:00:00", "ann", {send: "s2"}),
      mail("sent", "01T09:00:00", "cid")
    ]);
    const rows = await database.rows(
      "select arm, is_holdout, audience_id, send_id, assigned_at, sent_at from activation.sends order by assigned_at, arm"
    );
    const at = (hour: string) => new Date(`2024-03-01T${hour}:00:00Z`);
    expect(rows).toEqual([
      {
        arm: "Control",
        is_holdout: true,
        audience_id: "(none)",
        send_id: expect.stringMatching(/^made-/),
        assigned_at: at("08"),
        sent_at: null
      },
      {arm: "a", is_holdout: false, audience_id: "gold", send_id: "s1", assigned_at: at("08"), sent_at: at("09")},
      {
        arm: "mailed",
        is_holdout: false,
        audience_id: "(none)",
        send_id: expect.stringMatching(/^made-/),
        assigned_at: at("09"),
        sent_at: at("09")
      }
    ]);
  });
});
