import {createHash} from "node:crypto";
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {refresh} from "../../loaders/refresh.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {starter} from "../../loaders/commands/starter.js";

const header = "order_id,customer_id,ordered_at,amount";
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tenfold-dry-run-"));
  for (const [name, text] of Object.entries(starter("Shop"))) write(name, text);
  land("orders-1.csv", "1,ann,2024-01-01,10", "2,bob,2024-01-02,20");
});
afterAll(() => rmSync(root, {recursive: true}));

test("a dry run of a workspace that was never refreshed leaves nothing behind", async () => {
  const {ingest, ok} = await refresh(workspace(), {dryRun: true});
  expect(ok).toBe(true);
  expect(ingest).toMatchObject({changed: false, batches: [{batch_id: null, outcome: "new", rows: 2, loaded: 2}]});
  expect(state()).toEqual({});
});

test("it says of each file what a refresh then does: duplicates between new files, replaced and broken ones", async () => {
  await refresh(workspace());
  const before = state();
  land("orders-1.csv", "1,ann,2024-01-01,10", "2,bob,2024-01-02,25");
  land("orders-2.csv", "2,bob,2024-01-02,25", "3,cid,2024-01-03,30", "4,cid,2024-01-33,30");
  land("orders-3.csv", "3,cid,2024-01-03,30", "5,eve,2024-01-04,1");
  writeFileSync(join(root, "landing/orders-4.csv"), "order,customer\n1,ann\n");
  const outcomes = async (dryRun: boolean) => {
    const {ingest, ok} = await refresh(workspace(), {dryRun});
    return {ok, batches: ingest.batches.map(({batch_id: _, ...batch}) => batch)};
  };
  const expected = await outcomes(true);
  expect(state()).toEqual(before);
  expect(expected.batches).toMatchObject([
    {file: "orders-1.csv", outcome: "withdrawn"},
    {file: "orders-1.csv", outcome: "new", loaded: 2},
    {file: "orders-2.csv", outcome: "failed"},
    {file: "orders-3.csv", outcome: "new"},
    {file: "orders-4.csv", outcome: "failed"}
  ]);
  expect(await outcomes(false)).toEqual(expected);
});

function workspace() {
  return readWorkspace({data: root});
}

function write(name: string, text: string) {
  mkdirSync(join(root, name, ".."), {recursive: true});
  writeFileSync(join(root, name), text);
}

function land(name: string, ...rows: string[]) {
  write(`landing/${name}`, [header, ...rows, ""].join("\n"));
}

/** Every file of the warehouse folder with a hash of its bytes. */
function state(): Record<string, string> {
  const folder = join(root, "warehouse");
  const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({parentPath, name}) => {
      const path = join(parentPath, name);
      return [path, createHash("sha256").update(readFileSync(path)).digest("hex")];
    })
  );
}
