import {onTestFinished} from "vitest";
import {derive, type NodeReport} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {silent} from "../../../loaders/engine/progress.js";
import {testWarehouse, type TestWarehouse} from "../../warehouse.js";

export interface BuildOptions {
  only?: string;
  full?: boolean;
}

/** Builds a test warehouse's models as of an instant (ISO). */
export async function build(warehouse: TestWarehouse, asOf: string, options: BuildOptions = {}): Promise<NodeReport[]> {
  const {database, workspace} = warehouse;
  const nodes = await modelNodes(database, workspace);
  return derive(database, workspace, nodes, {asOf: new Date(asOf), progress: silent, runId: "run", ...options});
}

/** A warehouse without models of its own, until the test ends. */
export async function plainWarehouse(): Promise<TestWarehouse> {
  const warehouse = await testWarehouse({models: {}});
  onTestFinished(() => warehouse.close());
  return warehouse;
}

/** The text of a SQL model. */
export function model(name: string, sql: string, header = "key: [id]"): string {
  return `/* ---\nname: ${name}\ndescription: A test\ngrain: one row per id\n${header}\n--- */\n${sql}\n`;
}
