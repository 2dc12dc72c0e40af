import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {refresh, type RefreshReport} from "../../../loaders/refresh.js";
import {describe} from "../../../loaders/site/current.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {publishedRows} from "../../published.js";
import {testClock} from "../activate/fixture.js";
import {tenfoldBeside} from "../commands/tenfold.js";
import {openShop, type Shop} from "./shop.js";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const published = (name: string) => publishedRows(join(shop.root, "warehouse"), name);
const told = ({deliveries}: RefreshReport) => deliveries!.map(({destination, status, added, removed}) => `${destination} ${status} +${added} -${removed}`); // prettier-ignore

test("a newly landed event changes the audience, what is delivered and what the page reads, in one refresh", async () => {
  const hour = 3_600_000;
  const earlier = async (hours: number) =>
    await refresh(readWorkspace({data: shop.root}), {clock: testClock(Date.now() - hours * hour)});
  // What is seen for the first time is not due for times before.
  expect(told(await earlier(2))).toEqual([]);
  expect(told(await earlier(1))).toEqual(["files done +10 -0", "letters done +10 -0"]);
  expect(shop.mails.length).toBe(10);

  shop.land("second", [["p1@shop.example", "2024-03-08"]]);
  const {code, stdout, stderr} = await tenfoldBeside("refresh", "--json", "--data", shop.root);
  expect(code, stderr).toBe(0);
  // Who bought a week and a day ago has left: a file says so, a mail cannot.
  expect(told(JSON.parse(stdout) as RefreshReport)).toEqual(["files done +1 -1", "letters done +1 -0"]);
  expect(shop.mails.slice(10)).toEqual(["p1@shop.example"]);
  expect(shop.files()[1]!.sort()).toEqual(["p1@shop.example,add", "p8@shop.example,remove"]);
  const deliveries = published("activation_deliveries");
  expect(deliveries).toHaveLength(4);
  expect(published("activation_outcomes")).toContainEqual(expect.objectContaining({outcome: "removed", profiles: 1}));
  expect(published("audiences")[0]!.profiles).toBe(10);
});

test("a destination that is asked every minute changes nothing that the site shows while nothing is to be sent", async () => {
  const file = join(shop.root, "destinations/files.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/schedule: "\d+ /, 'schedule: "* '));
  const begin = Date.now();
  const shown: string[] = [];
  for (const minute of [1, 2, 3, 4]) {
    const workspace = readWorkspace({data: shop.root});
    const report = await refresh(workspace, {clock: testClock(begin + minute * 60_000)});
    expect(told(report)).toEqual(minute === 1 ? [] : ["files nothing +0 -0"]);
    shown.push(describe(workspace, "dist"));
  }
  expect(new Set(shown.slice(1)).size).toBe(1);
  const [files] = published("activation_schedules");
  expect([files!.last_status, Math.floor(Number(files!.last_for) / 60_000)]).toEqual(["nothing", Math.floor(begin / 60_000) + 2]); // prettier-ignore
});

test("a round with nothing new sends nothing, and the next time is told", async () => {
  const before = shop.mails.length;
  const {code, stdout} = await tenfoldBeside("schedule", "--once", "--json", "--data", shop.root);
  expect(code).toBe(0);
  const {refresh: report, site} = JSON.parse(stdout) as {refresh: RefreshReport; site?: object};
  expect([report.deliveries, shop.mails.length, site]).toEqual([[], before, undefined]);
  const list = await tenfoldBeside("schedule", "--list", "--data", shop.root);
  expect(list.stdout).toMatch(/delivery +lately to files\n.*delivery +lately to letters \(thanks\)/);
});
