import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {formatId} from "../../../lib/surrogate.js";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {openSnapshot} from "../../../loaders/engine/snapshot.js";
import {publishedFolder} from "../../../loaders/publish/published.js";
import {refresh} from "../../../loaders/refresh.js";
import {readWorkspace, type Workspace} from "../../../loaders/workspace.js";
import {makeFolder} from "../../folder.js";
import {publishedTable} from "../../published.js";
import {shopWorkspace} from "../../shop.js";

let workspace: Workspace;

beforeAll(async () => {
  workspace = readWorkspace({data: makeWorkspace()});
  await refresh(workspace);
}, 60_000);

afterAll(() => rmSync(workspace.root, {recursive: true, force: true}));

/** Asks the published database, attached as in the browser. */
async function published<T>(sql: string, of = workspace): Promise<T[]> {
  const database = await attached(of);
  try {
    return await database.rows<T>(sql);
  } finally {
    database.close();
  }
}

async function attached({warehouse}: Workspace): Promise<Database> {
  const database = await openDatabase(":memory:");
  await database.run(`attach '${join(publishedFolder(warehouse)!, "segments.duckdb")}' as segments (read_only)`);
  return database;
}

function arrow(name: string, of = workspace): Record<string, unknown>[] {
  const table = publishedTable(of.warehouse, name);
  return table.toArray().map((row) => (row as {toJSON(): Record<string, unknown>}).toJSON());
}

describe("segments.events", () => {
  it("holds the events that their source marks, by the number of the profile, in order of time", async () => {
    const rows = await published<{row: number; event_type: string}>(
      "select row, event_type, event_time from segments.segments.events"
    );
    expect(rows).toHaveLength(80);
    expect(new Set(rows.map(({event_type}) => event_type))).toEqual(new Set(["commerce.purchase", "web.view"]));
    const sorted = await published("select row, event_type, event_time from segments.segments.events order by row, event_time, event_type"); // prettier-ignore
    expect(rows).toEqual(sorted);
    const [{dense}] = (await published<{dense: boolean}>(
      "select min(row) = 0 and max(row) = count(*) - 1 and count(distinct row) = count(*) as dense from segments.segments.profiles"
    )) as [{dense: boolean}];
    expect(dense).toBe(true);
  });

  it("gives every profile its own events, as the warehouse has them", async () => {
    const snapshot = await openSnapshot(workspace);
    const sums = await snapshot!.rows<{profile_id: bigint; sum: number}>(
      "select profile_id, sum(value)::double as sum from core.events where event_type = 'commerce.purchase' group by all"
    );
    snapshot!.close();
    const shown = await published<{id: string; sum: number}>(
      `select id, sum(value)::double as sum from segments.segments.events join segments.segments.profiles using (row)
       where event_type = 'commerce.purchase' group by id`
    );
    expect(Object.fromEntries(shown.map(({id, sum}) => [id, sum]))).toEqual(
      Object.fromEntries(sums.map(({profile_id, sum}) => [formatId(BigInt(profile_id)), sum]))
    );
  });

  it("leaves out what is not marked: other sources, other events, other properties, personal columns", async () => {
    const [row] = await published<{columns: string}>(
      "select string_agg(column_name || ' ' || data_type, ', ' order by column_index) as columns from duckdb_columns() where table_name = 'events'"
    );
    expect(row!.columns).toBe(
      "row UINTEGER, event_type VARCHAR, source VARCHAR, event_time TIMESTAMP, event_date DATE, value DECIMAL(18,4), " +
        "quantity DECIMAL(18,4), campaign_id VARCHAR, properties STRUCT(colour VARCHAR, sku VARCHAR)"
    );
    // The quantity of a view comes from a personal column.
    const views = await published<{quantity: number | null}>(
      "select distinct quantity from segments.segments.events where event_type = 'web.view'"
    );
    expect(views).toEqual([{quantity: null}]);
  });

  it("refuses events whose published property holds an identity, and keeps the rest", async () => {
    const root = mkdtempSync(join(tmpdir(), "tenfold-events-"));
    cpSync(workspace.root, root, {recursive: true, filter: (path) => !/\/warehouse/.test(path)});
    writeFileSync(
      join(root, "landing/orders/leak.csv"),
      `${header}\nx,person1@x.example,2024-01-01,1,sold to Person1@x.example,,\n`
    );
    const leaky = readWorkspace({data: root});
    const report = await refresh(leaky);
    expect(report.publish!.failures.filter(({file}) => file === "segments.events")).toMatchObject([
      {message: expect.stringMatching(/^segments\.events: "sku" may not be published/)}
    ]);
    expect(await published("select table_name from duckdb_tables() where database_name = 'segments'", leaky)).toEqual([
      {table_name: "profiles"}
    ]);
    rmSync(root, {recursive: true, force: true});
  }, 60_000);

  it("is listed with its rows; its fields are in the catalogue, those that stay with no word of their values", () => {
    expect(arrow("files").find(({name}) => name === "segments.events")).toMatchObject({
      rows: 80,
      of: 80,
      is_sample: false
    });
    const rows = arrow("segments_events");
    const types = rows.filter(({field}) => field === null);
    expect(types.map(({event_type, is_published, events}) => [event_type, is_published, Number(events)])).toEqual([
      ["commerce.purchase", true, 40],
      ["commerce.refund", false, 40],
      ["web.view", true, 40]
    ]);
    const field = (type: string, name: string) => rows.find((row) => row.event_type === type && row.field === name)!;
    expect(JSON.parse(field("commerce.purchase", "properties.sku").top_values as string)).toEqual([
      {value: "S0", events: 14},
      {value: "S1", events: 13},
      {value: "S2", events: 13}
    ]);
    expect(field("commerce.purchase", "properties.sku").share_filled).toBe(1);
    expect(JSON.parse(field("commerce.purchase", "value").quantiles as string).slice(0, 2)).toEqual([1, 2]);
    for (const hidden of [field("commerce.purchase", "properties.note"), field("commerce.refund", "value")]) {
      expect(hidden).toMatchObject({is_published: false, share_filled: null, top_values: null, quantiles: null});
    }
  });
});

describe("segments.events beyond publish.max_bytes", () => {
  it("becomes the events of a sample of the persons, the same in both tables, and says so", async () => {
    const root = mkdtempSync(join(tmpdir(), "tenfold-events-"));
    cpSync(workspace.root, root, {recursive: true, filter: (path) => !/\/warehouse/.test(path)});
    writeFileSync(join(root, "workspace.yaml"), readFileSync(join(root, "workspace.yaml"), "utf8") + "publish: {max_bytes: 1 MB}\n"); // prettier-ignore
    writeFileSync(join(root, "landing/orders/many.csv"), `${header}\n${orders(40_000, 4_000).join("\n")}\n`);
    const large = readWorkspace({data: root});
    await refresh(large);
    const [counts] = await published<Record<string, number>>(
      `select (select count(*) from segments.segments.profiles) as profiles,
         (select max(row) + 1 from segments.segments.profiles) as numbers,
         (select count(distinct row) from segments.segments.events) as seen,
         (select count(*) from segments.segments.events anti join segments.segments.profiles using (row)) as others`,
      large
    );
    expect(counts!.profiles).toBeGreaterThan(200);
    expect(counts!.profiles).toBeLessThan(3_600);
    // Each of them has events, none of the others has.
    const {profiles} = counts!;
    expect(counts).toEqual({profiles, numbers: profiles, seen: profiles, others: 0});
    const files = arrow("files", large);
    const sample = {rows: profiles, of: 4000, is_sample: true};
    expect(files.find(({name}) => name === "segments.duckdb")).toMatchObject(sample);
    expect(files.find(({name}) => name === "segments.events")).toMatchObject({of: 80_080, is_sample: true});
    rmSync(root, {recursive: true, force: true});
  }, 120_000);
});

const header = "id,who,day,amount,sku,colour,note";

function orders(n: number, people: number): string[] {
  return Array.from({length: n}, (_, i) => {
    const day = `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + ((i * 7) % 28)).padStart(2, "0")}`;
    const noise = ((i * 2654435761) % 4294967296).toString(36);
    return `n${n}-${i},person${i % people}@x.example,${day},${1 + (i % 40)},S${i % 3},${noise},note ${i}`;
  });
}

function makeWorkspace(): string {
  return makeFolder({
    "workspace.yaml": shopWorkspace,
    "sources/orders.yaml": `columns:
  id: {required: true}
  who: {required: true, personal: true}
  day: {type: date, required: true}
  amount: {type: decimal, required: true}
  sku: {}
  colour: {}
  note: {}
id: {rule: column, column: id}
identities: [{namespace: email, from: who, primary: true}]
time: day
events:
  - type: commerce.purchase
    value: amount
    publish: rows
    properties:
      sku: {from: sku, publish: rows}
      note: {from: note, publish: aggregate}
  - type: web.view
    quantity: length(who)
    publish: rows
    properties: {colour: {from: colour, publish: rows}}
  - type: commerce.refund
    value: amount
    properties: {sku: {from: sku, publish: rows}}
`,
    "landing/orders/orders.csv": `${header}\n${orders(40, 20).join("\n")}\n`
  });
}
