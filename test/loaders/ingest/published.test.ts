import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {silent} from "../../../loaders/engine/progress.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import {ingest} from "../../../loaders/ingest/ingest.js";
import {projectRoot, readWorkspace} from "../../../loaders/workspace.js";
import {hasShared, sharedData} from "../../shared.js";

const shared = sharedData;

/** Takes in an example's public files; `edit` changes a source's definition. */
async function take<T extends Record<string, unknown>>(example: string, sql: string, edit?: [string, RegExp, string]) {
  const root = mkdtempSync(join(tmpdir(), "tenfold-example-"));
  const folder = join(projectRoot, "data/examples", example);
  cpSync(folder, root, {recursive: true, filter: (path) => !path.endsWith("/warehouse")});
  if (edit) {
    const path = join(root, "sources", edit[0]);
    writeFileSync(path, readFileSync(path, "utf8").replace(edit[1], edit[2]));
  }
  const workspace = readWorkspace({data: root, landing: shared});
  const database = await openWarehouse(workspace);
  try {
    const {batches} = await ingest(database, workspace, {progress: silent, key: "secret"});
    return {batches, row: await database.row<T>(sql)};
  } finally {
    database.close();
    rmSync(root, {recursive: true, force: true});
  }
}

describe.skipIf(!hasShared("cdnow_sample.csv"))(
  "on the public files of ../shared/data (skipped where it is absent)",
  () => {
    const purchases =
      "select count(*) as events, count(distinct profile_id) as people, sum(value) as value from core.events";

    test("CDNOW has 6,919 purchases of 2,357 customers, worth 244,091.94", async () => {
      const {batches, row} = await take("cdnow", purchases);
      expect(row).toEqual({events: 6919, people: 2357, value: 244091.94});
      expect(batches).toMatchObject([{rows: 6919, loaded: 6919, rejected: 0, duplicates: 0}]);
    });

    test("by content alone CDNOW would shrink to 6,898 purchases worth 243,680.87", async () => {
      const {batches, row} = await take("cdnow", purchases, ["purchases.yaml", /rule: row/, "rule: content"]);
      expect(row).toMatchObject({events: 6898, value: 243680.87});
      expect(batches).toMatchObject([{rows: 6919, loaded: 6898, duplicates: 21}]);
    });

    test("by content alone Hillstrom would shrink to 57,438 people", async () => {
      const {batches} = await take("hillstrom", "select 1", ["customers.yaml", /rule: row/, "rule: content"]);
      expect(batches).toMatchObject([{rows: 64000, loaded: 57438, duplicates: 6562}]);
    });

    test("the airline's 405,624 rows of activity yield 50,172,736.25 points, 197,992 of them nothing", async () => {
      const {batches, row} = await take(
        "airline-loyalty",
        "select sum(value) as points from core.events where event_type = 'loyalty.accrual'"
      );
      expect(row).toEqual({points: 50172736.25});
      expect(batches.find((batch) => batch.source === "activity")).toMatchObject({
        rows: 405624,
        skipped: 197992,
        rejected: 0
      });
      expect(batches.find((batch) => batch.source === "members")).toMatchObject({rows: 16737, loaded: 16737});
    });
  }
);
