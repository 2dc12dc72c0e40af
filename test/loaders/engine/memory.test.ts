import {expect, test} from "vitest";
import {openDatabase} from "../../../loaders/engine/database.js";
import {countedMemory} from "../../../loaders/engine/warehouse.js";

test.each([
  ["1GB", "715.2 MiB"],
  ["1.5 GB", "1.0 GiB"],
  ["512 MiB", "384.0 MiB"],
  ["3 TB", "2.0 TiB"]
])("of %s the engine's own limit gets what leaves room for what it does not count", async (given, limit) => {
  const database = await openDatabase(":memory:", {memory_limit: countedMemory(given)});
  expect(await database.value("select current_setting('memory_limit')")).toBe(limit);
  database.close();
});
