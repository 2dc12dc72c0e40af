import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {statePaths} from "../../../loaders/engine/warehouse.js";
import {refresh, type RefreshReport} from "../../../loaders/refresh.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {testClock} from "../activate/fixture.js";
import {openShop, type Shop} from "./shop.js";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** A refresh at that hour of 7 March 2024. */
const at = (hour: number) =>
  refresh(readWorkspace({data: shop.root}), {clock: testClock(Date.UTC(2024, 2, 7, hour, 59, 30))});
const failed = ({nodes}: RefreshReport) => nodes.filter(({status}) => status !== "built" && status !== "current");
const ask = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
  const paths = statePaths(readWorkspace({data: shop.root}));
  const database = await openDatabase(paths.snapshot, {access_mode: "READ_ONLY"});
  try {
    await database.run(`attach '${paths.recordsSnapshot}' as records (read_only)`);
    return await work(database);
  } finally {
    database.close();
  }
};

test("a person erased between the send and the answer: the answer finds the send, nothing fails, and they are taken off the files", async () => {
  await at(10);
  expect((await at(11)).deliveries!.map(({status, added}) => `${status} ${added}`)).toEqual(["done 10", "done 10"]);
  const erased = await ask(
    async (database) =>
      (await database.row<{send_id: string; profile_id: bigint}>(
        "select send_id, profile_id from activation.delivery_rows where key = 'p5@shop.example' and send_id in (select send_id from activation.assignments)"
      ))!
  );

  const orders = join(shop.root, "landing/orders/first.csv");
  const kept = readFileSync(orders, "utf8").split("\n").filter((line) => !line.includes("p5@")); // prettier-ignore
  writeFileSync(orders, kept.join("\n"));
  writeFileSync(
    join(shop.root, "sources/mail.yaml"),
    `columns: {id: {required: true}, who: {required: true}, at: {type: timestamp, required: true}, send: {required: true}}
id: {rule: column, column: id}
identities: [{namespace: provider, from: who, primary: true}]
time: at
events: [{type: email.opened, send: send}]
`
  );
  // The provider knows the person by a number of its own, and the mail by the id that it was sent with.
  mkdirSync(join(shop.root, "landing/mail"));
  writeFileSync(join(shop.root, "landing/mail/mail.csv"), `id,who,at,send\n1,4711,2024-03-07 13:00:00,${erased.send_id}\n`); // prettier-ignore

  const after = await at(14);
  expect(failed(after)).toEqual([]);
  expect(after.deliveries!.map(({destination, added, removed}) => [destination, added, removed])).toEqual([
    ["files", 0, 1],
    ["letters", 0, 0]
  ]);
  expect(shop.files().at(-1)).toEqual(["p5@shop.example,remove"]);
  await ask(async (database) => {
    expect(await database.value("select count(*) from core.profiles where profile_id = $id", {id: erased.profile_id})).toBe(0); // prettier-ignore
    const answers = await database.rows("select send_id, profile_id, is_orphan from activation.responses");
    expect(answers).toEqual([{send_id: erased.send_id, profile_id: erased.profile_id, is_orphan: false}]);
    expect(await database.row("select count_sent, count_opened from derived.campaign_summary where arm = '*'")).toEqual({count_sent: 10, count_opened: 1}); // prettier-ignore
  });
});
