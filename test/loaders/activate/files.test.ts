import {execFileSync} from "node:child_process";
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import * as openpgp from "openpgp";
import {afterAll, beforeAll, expect, test} from "vitest";
import {fileFormat} from "../../../lib/definitions/fileFormat.js";
import {fileName} from "../../../lib/files/fileName.js";
import {exportFiles, exportNames} from "../../../loaders/activate/files/exportFiles.js";
import type {Manifest} from "../../../loaders/activate/files/manifest.js";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {openFiles} from "./fixture.js";

const about: Parameters<typeof exportFiles>[0]["about"] = {
  delivery: "d1",
  destination: "partner",
  audience: "rising",
  audience_version: "7",
  campaign: null,
  mode: "full",
  as_of: "2026-03-01T00:00:00.000Z",
  created_at: "2026-03-01T09:00:00.000Z"
};
const cells = ["=1+1", "+49 30 1234", "-3.5", "-2+3", "@sum", "\tx", "a=b", " =x", "＝1", "plain", 'quo"te,', null];

let database: Database;
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tenfold-files-"));
  database = await openDatabase(":memory:");
  await database.run(`set timezone = 'UTC'`);
  await database.run(
    `create table outgoing as
     select (ordinality - 1)::bigint as place, case when ordinality = 12 then 'remove' else 'add' end as action,
       {'email': 'p' || ordinality || '@example.com', 'First name': cell, 'spent': (-ordinality)::decimal(18,2),
        'tags': [cell, 'x'], 'at': timestamp '2026-03-01 08:00:00'} as fields
     from unnest(from_json($cells, '["varchar"]')) with ordinality as t(cell, ordinality)`,
    {cells: JSON.stringify(cells)}
  );
});
afterAll(() => {
  database.close();
  rmSync(root, {recursive: true});
});

const make = (format: object, base = "rising") =>
  exportFiles({
    database,
    table: "outgoing",
    format: fileFormat.parse(format),
    folder: join(root, "out"),
    root,
    base,
    about
  });

test("a CSV file runs nothing in a spreadsheet, and a plain number stays one", async () => {
  const [file] = await make({});
  const lines = readFileSync(file!.path, "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe("email,First name,spent,tags,at,action");
  const names = await database.rows<{name: string | null}>(
    `select "First name" as name from read_csv($path, all_varchar = true, quote = '"', auto_detect = false,
     columns = {'email': 'varchar', 'First name': 'varchar', 'spent': 'varchar', 'tags': 'varchar', 'at': 'varchar', 'action': 'varchar'}, header = true, delim = ',')`,
    {path: file!.path}
  );
  expect(names.map(({name}) => name)).toEqual([
    "'=1+1",
    "+49 30 1234",
    "-3.5",
    "'-2+3",
    "'@sum",
    "'\tx",
    "a=b",
    "' =x",
    "'＝1",
    "plain",
    'quo"te,',
    null
  ]);
  expect(lines.at(-1)).toMatch(/^p12@example.com,,-12.00,.*,2026-03-01T08:00:00Z,remove$/);
});

test("each file's manifest says its rows, hash, as-of, audience version and schema", async () => {
  const [file, beside] = await make({compress: "gzip"});
  const manifest = JSON.parse(readFileSync(beside!.path, "utf8")) as Manifest;
  expect(manifest).toMatchObject({
    ...about,
    file: "rising.csv.gz",
    rows: 12,
    actions: {add: 11, remove: 1},
    part: 1,
    parts: 1,
    format: "csv"
  });
  expect(manifest.schema.map(({name, type}) => `${name} ${type}`)).toEqual([
    "email VARCHAR",
    "First name VARCHAR",
    "spent DECIMAL(18,2)",
    "tags VARCHAR[]",
    "at TIMESTAMP",
    "action VARCHAR"
  ]);
  expect(sha256(file!.path)).toBe(manifest.sha256);
  expect(gunzipSync(readFileSync(file!.path)).toString().split("\n").length).toBe(14);
});

test("more rows than max_rows become several files, none lost and none twice", async () => {
  const files = await make({format: "ndjson", max_rows: 5});
  expect(files.map(({name}) => name)).toEqual(
    exportNames("rising", 12, fileFormat.parse({format: "ndjson", max_rows: 5}))
  );
  const data = files.filter(({name}) => !name.endsWith(".json"));
  expect(data.map(({name}) => name)).toEqual(["rising.1.ndjson", "rising.2.ndjson", "rising.3.ndjson"]);
  const rows = data.flatMap(({path}) => readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as {email: string; "First name": string})); // prettier-ignore
  expect(rows.map(({email}) => email)).toEqual(cells.map((_, i) => `p${i + 1}@example.com`));
  expect(rows[0]!["First name"]).toBe("=1+1");
});

test("a Parquet file keeps types and nested values", async () => {
  const [file] = await make({format: "parquet", compress: "gzip"});
  const types = await database.rows<{column_type: string}>("describe from read_parquet($path)".replace("$path", `'${file!.path}'`)); // prettier-ignore
  expect(types.map((t) => t.column_type)).toEqual(["VARCHAR", "VARCHAR", "DECIMAL(18,2)", "VARCHAR[]", "TIMESTAMP", "VARCHAR"]); // prettier-ignore
});

test("an encrypted file opens with the partner's private key, and no plain copy stays", async () => {
  const {privateKey, publicKey} = await openpgp.generateKey({userIDs: [{email: "partner@example.com"}], format: "armored"}); // prettier-ignore
  writeFileSync(join(root, "partner.asc"), publicKey);
  const [file, beside] = await make({encrypt_for: ["partner.asc"], compress: "gzip"}, "secret");
  expect(file!.name).toBe("secret.csv.gz.pgp");
  const message = await openpgp.readMessage({binaryMessage: new Uint8Array(readFileSync(file!.path))});
  const {data} = await openpgp.decrypt({
    message,
    decryptionKeys: await openpgp.readPrivateKey({armoredKey: privateKey}),
    format: "binary"
  });
  expect(gunzipSync(Buffer.from(data as Uint8Array)).toString()).toContain("p1@example.com,'=1+1");
  expect((JSON.parse(readFileSync(beside!.path, "utf8")) as Manifest).sha256).toBe(sha256(file!.path));
  expect(readdirSync(join(root, "out")).filter((name) => name.endsWith(".plain"))).toEqual([]);
  writeFileSync(join(root, "private.asc"), privateKey);
  await expect(make({encrypt_for: ["private.asc"]})).rejects.toThrow("encrypt_for: private.asc: this is a private key");
});

test("a file's name is filled in the workspace's zone, and a token cannot leave its folder", () => {
  const parts = {
    destination: "partner",
    audience: "rising",
    campaign: "../x",
    mode: "full",
    version: 7,
    delivery: "d1",
    asOf: new Date("2026-03-01T23:00:00Z"),
    at: new Date("2026-03-29T00:30:05Z"),
    timeZone: "Europe/Berlin"
  };
  expect(fileName("{destination}_{audience}_{date}_{time}", parts)).toBe("partner_rising_20260329_013005");
  expect(fileName("{campaign}-{as_of}-{version}-{mode}-{year}{month}{day}-{epoch}-{delivery}", parts)).toBe(
    "..-x-20260301-7-full-20260329-1774744205-d1"
  );
});

test("a folder takes a file whole, the same one twice, and another of its name never", async () => {
  const folder = await openFiles({kind: "folder", path: "shared/in"}, {root});
  expect(await folder.health()).toContain("shared/in is writable");
  const [file] = await make({}, "one");
  expect(await folder.has("one.csv")).toBe(false);
  await folder.put(file!);
  await folder.put(file!);
  expect(await folder.has("one.csv")).toBe(true);
  writeFileSync(join(root, "other"), "other");
  await expect(folder.put({...file!, path: join(root, "other"), sha256: "0"})).rejects.toMatchObject({
    failure: "refused",
    message: expect.stringContaining("one.csv is there already, with other contents") as string
  });
  expect(sha256(join(root, "shared/in/one.csv"))).toBe(file!.sha256);
  expect(readdirSync(join(root, "shared/in"))).toEqual(["one.csv"]);
});

test("a folder that cannot be written to is said, and may be tried again", async () => {
  writeFileSync(join(root, "file"), "");
  const folder = await openFiles({kind: "folder", path: "file/in"}, {root});
  await expect(folder.health()).rejects.toMatchObject({failure: "unsent", code: "ENOTDIR"});
});

test.runIf(process.platform === "linux")(
  "a folder that cannot be made is said, also where Node would try for ever",
  async () => {
    const nowhere = await openFiles({kind: "folder", path: "/proc/nowhere/in"}, {root});
    await expect(nowhere.health()).rejects.toMatchObject({
      failure: "unsent",
      code: "ENOENT",
      message: "no folder can be made at /proc/nowhere (ENOENT)"
    });
  }
);

function sha256(path: string): string {
  return execFileSync("sha256sum", [path], {encoding: "utf8"}).slice(0, 64);
}
