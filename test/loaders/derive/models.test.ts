import {expect, test} from "vitest";
import {modelNodes} from "../../../loaders/derive/models.js";
import {plainWarehouse} from "./build.js";

test("modelNodes() refuses a metric's filter that is no condition, reads other tables or the clock", async () => {
  const warehouse = await plainWarehouse();
  const filter = async (text: string) => {
    warehouse.workspace.metrics.spend!.filter = text;
    return modelNodes(warehouse.database, warehouse.workspace).then(
      () => "",
      (error: Error) => error.message
    );
  };
  expect(await filter("value > 0 -- paid")).toBe("");
  expect(await filter("value >")).toMatch(/^workspace\.yaml:1: metrics\.spend\.filter: syntax error/);
  expect(await filter("event_time < now()")).toContain("now gives other rows at every run");
  expect(await filter("true) or (profile_id in (select profile_id from core.profiles)")).toContain("not core.profiles");
});

test("modelNodes() gives every built-in model a description, a grain and columns", async () => {
  const warehouse = await plainWarehouse();
  for (const node of await modelNodes(warehouse.database, warehouse.workspace)) {
    expect(node.header.description, node.name).not.toBe("");
    expect(Object.keys(node.header.columns).length, node.name).toBeGreaterThan(0);
  }
});
