import {copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {hostname, tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {jsonSchemas} from "../../../lib/definitions/jsonSchemas.js";
import {projectRoot} from "../../../loaders/workspace.js";
import {kinds} from "../../../src/components/activation/kinds.js";
import {publishedRows} from "../../published.js";
import {tenfold, tenfoldWith, writeOrders} from "./tenfold.js";

let folder: string;
let shop: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenfold-cli-"));
  shop = join(folder, "corner-shop");
  expect(tenfold("init", shop).code).toBe(0);
  writeOrders(join(shop, "landing", "orders.csv"));
  const refreshed = tenfold("refresh", "--data", shop);
  expect(refreshed.stderr).toContain("taking in orders.csv");
  expect(refreshed.stdout).toMatch(/orders +orders\.csv +new +50 +50 +0 +0 +0 +50/);
  expect(refreshed.code).toBe(0);
});
afterAll(() => rmSync(folder, {recursive: true}));

test("tenfold without a command shows the commands and says it was called wrongly", () => {
  const {code, stdout} = tenfold();
  expect(code).toBe(2);
  for (const name of ["init DIR", "sample", "refresh", "build", "preview", "status", 'query "SQL"']) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  }
});

test("tenfold COMMAND --help shows its options on stdout", () => {
  const {code, stdout, stderr} = tenfold("refresh", "--help");
  expect({code, stderr}).toEqual({code: 0, stderr: ""});
  expect(stdout).toContain("usage: npx tenfold refresh [options]");
  for (const flag of [
    "--full",
    "--as-of DATE",
    "--only MODEL",
    "--dry-run",
    "--retry",
    "--data DIR",
    "--landing DIR",
    "--json"
  ]) {
    expect(stdout).toContain(`  ${flag} `);
  }
});

test("unknown commands and flags are answered with the nearest", () => {
  expect(tenfold("refesh")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: 'tenfold: unknown command "refesh": did you mean "refresh"?\nrun `npx tenfold --help`\n'
  });
  expect(tenfold("refresh", "--ful")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: 'tenfold: unknown flag --ful of refresh: did you mean "--full"?\nrun `npx tenfold refresh --help`\n'
  });
});

test("wrong values are refused before anything is done", () => {
  const wrong = (...args: string[]) => tenfold(...args, "--data", shop).stderr.split("\n")[0];
  expect(wrong("refresh", "--as-of", "2024-02-30")).toBe(
    "tenfold: --as-of 2024-02-30: expected a date such as 2025-12-31"
  );
  expect(wrong("query", "select 1", "--format", "xml")).toBe("tenfold: --format xml: expected table, csv or json");
  expect(wrong("query")).toBe('tenfold: missing "SQL"');
  expect(wrong("status", "now")).toBe('tenfold: unexpected argument "now"');
});

test("init makes every folder that its README lists", () => {
  const listed = [...readFileSync(join(shop, "README.md"), "utf8").matchAll(/`(\w+)\/`/g)].map(([, name]) => name!);
  expect(listed).toContain("audiences");
  expect(listed.filter((name) => !existsSync(join(shop, name)))).toEqual([]);
});

test("init keeps what lands, what is made of it and what is sent out of git", () => {
  const folder = kinds.find(({kind}) => kind === "folder")!.settings.find(({key}) => key === "path")!.initial;
  expect(readFileSync(join(shop, ".gitignore"), "utf8").split("\n")).toEqual([
    "landing/",
    "warehouse/",
    `${folder}/`,
    ""
  ]);
});

test("init leaves a folder alone that holds something", () => {
  expect(tenfold("init", shop)).toMatchObject({code: 2, stdout: ""});
  const schema = (name: string) => JSON.parse(readFileSync(join(shop, "schemas", `${name}.json`), "utf8"));
  expect(schema("source")).toEqual(jsonSchemas().source);
});

test("mistakes in definitions end with 2, all of them on stderr, or as one JSON document", () => {
  const broken = join(folder, "broken");
  tenfold("init", broken);
  writeFileSync(join(broken, "workspace.yaml"), "nam: x\nmetrics: {}\n");
  const text = tenfold("status", "--data", broken);
  expect(text).toMatchObject({code: 2, stdout: ""});
  expect(text.stderr).toBe(
    [
      "workspace.yaml:1: name: missing: expected text that is not empty",
      'workspace.yaml:1: nam: unknown key "nam": did you mean "name"?',
      "workspace.yaml:2: metrics: expected at least one metric, not {}",
      ""
    ].join("\n")
  );
  const json = tenfold("status", "--data", broken, "--json");
  expect(json).toMatchObject({code: 2, stderr: ""});
  expect(JSON.parse(json.stdout).mistakes).toHaveLength(3);
});

test("mistakes in models and audiences are found together, before a file is taken in", () => {
  const broken = join(folder, "broken-models");
  tenfold("init", broken);
  writeOrders(join(broken, "landing", "orders.csv"));
  writeFileSync(
    join(broken, "models", "big.sql"),
    "/* ---\nname: derived.big\ngrain: one row\n--- */\nselect 1 as a\n"
  );
  writeFileSync(join(broken, "audiences", "big.yaml"), "nam: Big\n");
  const {code, stdout, stderr} = tenfold("refresh", "--data", broken);
  expect({code, stdout}).toEqual({code: 2, stdout: ""});
  expect(stderr).toContain("models/big.sql:2: description: missing");
  expect(stderr).toContain('audiences/big.yaml:1: nam: unknown key "nam": did you mean "name"?');
  expect(stderr).not.toContain("taking in");
});

test("refresh --json prints one document and nothing else", () => {
  const {code, stdout, stderr} = tenfold("refresh", "--data", shop, "--json");
  expect({code, stderr}).toEqual({code: 0, stderr: ""});
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ok: true, asOf: "2024-01-29T00:00:00.000Z"});
  expect(report.ingest.batches).toMatchObject([{file: "orders.csv", outcome: "unchanged"}]);
});

test("refresh --dry-run says what would be taken in, and changes nothing", () => {
  const copy = join(folder, "dry-run");
  tenfold("init", copy);
  copyFileSync(join(shop, "landing", "orders.csv"), join(copy, "landing", "orders.csv"));
  for (const attempt of [1, 2]) {
    const {code, stdout} = tenfold("refresh", "--data", copy, "--dry-run");
    expect({attempt, code}).toEqual({attempt, code: 0});
    expect(stdout).toMatch(/orders\.csv +new +50/);
  }
  expect(tenfold("status", "--data", copy).stdout).toMatch(/run `npx tenfold refresh --data \S+`/);
});

test("a file with too many refused rows ends with 3, and the rest stays as it was", () => {
  writeFileSync(join(shop, "landing", "orders-3.csv"), "order_id,customer_id,ordered_at,amount\n98,c1,2024-13-01,5\n");
  const {code, stdout} = tenfold("refresh", "--data", shop);
  expect(code).toBe(3);
  expect(stdout).toContain("orders-3.csv: too_many_rejects");
  const status = JSON.parse(tenfold("status", "--data", shop, "--json").stdout);
  expect(status).toMatchObject({events: 50, failed_batches: [{file: "orders-3.csv"}]});
  expect(status.runs[0].status).toBe("failed checks");
  rmSync(join(shop, "landing", "orders-3.csv"));
});

test("query prints a table that says how much of the result it shows", () => {
  const {code, stdout} = tenfold(
    "query",
    "select range as n, 'a' as t from range(100)",
    "--data",
    shop,
    "--limit",
    "2"
  );
  expect({code, stdout}).toEqual({code: 0, stdout: "n  t\n─  ─\n0  a\n1  a\nshowing 2 of 100 rows\n"});
});

test("query gives every row as CSV and as JSON", () => {
  const sql = `select range as n, 'a"b' as t, date '2024-01-31' as d, timestamp '2024-01-31 10:00:00' as at,
    1.50::decimal(10,2) as amount, [1, 2] as list, null as nothing, 1::ubigint as profile_id, 18446744073709551615::ubigint as big
    from range(3000)`;
  const csv = tenfold("query", sql, "--data", shop, "--format", "csv").stdout.trimEnd().split("\n");
  expect(csv).toHaveLength(3001);
  expect(csv[0]).toBe("n,t,d,at,amount,list,nothing,profile_id,big");
  expect(csv[1]).toBe('0,"a""b",2024-01-31,2024-01-31T10:00:00Z,1.50,"[1,2]",,0000000000001,18446744073709551615');
  const json = JSON.parse(tenfold("query", sql, "--data", shop, "--json").stdout);
  expect(json).toHaveLength(3000);
  expect(json[2999]).toEqual({
    n: 2999,
    t: 'a"b',
    d: "2024-01-31",
    at: "2024-01-31T10:00:00.000Z",
    amount: 1.5,
    list: [1, 2],
    nothing: null,
    profile_id: "0000000000001",
    big: "18446744073709551615"
  });
});

test("query reads the warehouse and the records, and changes neither them nor files", () => {
  const query = (sql: string) => tenfold("query", sql, "--data", shop, "--format", "csv");
  expect(query("select count(*) as n, sum(value) as value from core.events").stdout).toBe("n,value\n50,1250.0000\n");
  expect(query("select status from runs.runs where kind = 'refresh' order by started_at limit 1").stdout).toBe(
    "status\nok\n"
  );
  for (const sql of [
    "delete from core.events",
    "create table x (a int)",
    "drop table core.events",
    "attach 'x.duckdb'",
    "select 1; select 2"
  ]) {
    expect(query(sql), sql).toMatchObject({code: 2, stdout: ""});
  }
  expect(query(`copy (select 1) to '${join(folder, "out.csv")}'`).code).toBe(1);
  expect(query(`select * from read_csv('${join(shop, "landing/orders.csv")}')`)).toMatchObject({code: 1, stdout: ""});
  expect(existsSync(join(folder, "out.csv"))).toBe(false);
  expect(query("select nothing from core.events").stderr).toContain("nothing");
});

test("status says what is fresh, and who holds the lock", () => {
  const lock = join(shop, "warehouse", "lock");
  const holder = {pid: process.pid, host: hostname(), command: "tenfold build", since: "2026-01-01T00:00:00Z"};
  writeFileSync(lock, JSON.stringify(holder));
  const {code, stdout} = tenfold("status", "--data", shop);
  rmSync(lock);
  expect(code).toBe(0);
  expect(stdout).toContain(
    "Corner shop: as of the end of 2024-01-28 (UTC); newest event 2024-01-28 00:00:00; 50 events"
  );
  // As many as the pages say there are.
  const {tables, tests} = publishedRows(join(shop, "warehouse"), "meta")[0] as {tables: number; tests: number};
  expect(publishedRows(join(shop, "warehouse"), "tables")).toHaveLength(tables);
  expect(publishedRows(join(shop, "warehouse"), "tests")).toHaveLength(tests);
  expect(stdout).toMatch(new RegExp(`^${tables} tables, none stale$`, "m"));
  expect(stdout).toContain(`running now: \`tenfold build\` (process ${process.pid})`);
});

test("a workspace that was never refreshed says so", () => {
  const fresh = join(folder, "fresh");
  tenfold("init", fresh);
  expect(tenfold("status", "--data", fresh)).toMatchObject({code: 0});
  expect(tenfold("query", "select 1", "--data", fresh)).toMatchObject({code: 1, stdout: ""});
});

test("TENFOLD_DATA and TENFOLD_LANDING stand in for the flags", () => {
  const elsewhere = join(folder, "elsewhere");
  tenfold("init", elsewhere);
  copyFileSync(join(shop, "landing", "orders.csv"), join(elsewhere, "landing", "orders.csv"));
  const fresh = join(folder, "by-environment");
  tenfold("init", fresh);
  const {stdout} = tenfoldWith(
    {TENFOLD_DATA: fresh, TENFOLD_LANDING: join(elsewhere, "landing")},
    "refresh",
    "--dry-run"
  );
  expect(stdout).toMatch(/orders\.csv +new +50/);
});

test("the JSON Schemas in data/schemas are those of the definitions", () => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const file = join(projectRoot, "data", "schemas", `${name}.json`);
    expect(JSON.parse(readFileSync(file, "utf8")), "run `npm run schemas`").toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
