import {afterEach, expect, test} from "vitest";
import {expectNumbers, header, openLanding, orders, type Landing} from "./landing.js";

let landing: Landing;
afterEach(() => landing.close());

/** Everybody's number, by the customer that they are. */
async function numbers(): Promise<Record<string, number>> {
  const rows = await landing.database.rows<{value: string; number: number}>(
    "select value, number from landing.profile_numbers join core.identities using (profile_id)"
  );
  return Object.fromEntries(rows.map(({value, number}) => [value, number]));
}

const buy = (id: number, customer: string, day = 1) => `${id},${customer},2024-01-0${day},1,web\n`;
const file = (...rows: string[]) => `${header}\n${rows.join("")}`;

test("profiles are numbered as they come, and keep their numbers whatever lands, changes or goes", async () => {
  landing = await openLanding();
  landing.land("orders/1.csv", file(buy(1, "ada"), buy(2, "bob"), buy(3, "ada")));
  await landing.ingest();
  const first = await numbers();
  expect(Object.values(first).sort()).toEqual([0, 1]);

  landing.land("orders/2.csv", file(buy(4, "bob"), buy(5, "eve"), buy(1, "dan")));
  landing.land("orders/3.csv", file(buy(6, "fay")));
  await landing.ingest();
  const second = await numbers();
  expect(second).toMatchObject(first);
  expect(Object.values(second).sort()).toEqual([0, 1, 2, 3, 4]);
  await expectNumbers(landing.database);

  // Ada goes with her file, what Dan's row had displaced among it, and comes back.
  landing.land("orders/1.csv", file(buy(2, "bob"), buy(7, "gus")));
  await landing.ingest();
  expect(await numbers()).not.toHaveProperty("ada");
  await expectNumbers(landing.database);
  landing.land("orders/4.csv", file(buy(8, "ada"), buy(9, "hal")));
  await landing.ingest();
  expect(await numbers()).toEqual({...second, gus: 5, hal: 6});
  await expectNumbers(landing.database);
});

test("texts that are one identity have one number", async () => {
  landing = await openLanding({
    sources: {orders: orders.replace("from: customer,", "from: customer, normalise: email,")}
  });
  landing.land("orders/1.csv", file(buy(1, "Ada@x.org"), buy(2, "ada@x.org"), buy(3, "bob@x.org")));
  await landing.ingest();
  expect(Object.values(await numbers()).sort()).toEqual([0, 1]);
  await expectNumbers(landing.database);
});

test("a warehouse from before there were numbers gets them once, in place", async () => {
  landing = await openLanding();
  landing.land("orders/1.csv", file(buy(1, "ada", 3), buy(2, "bob", 1), buy(3, "eve", 2)));
  landing.land("orders/2.csv", file(buy(2, "dan", 2), buy(4, "bob", 1)));
  await landing.ingest();
  const {database} = landing;
  const rows = () => database.rows("select * exclude (profile_number) from core.events order by rowid");
  const before = await rows();
  await database.run(`
    drop table landing.profile_numbers;
    alter table core.events drop column profile_number;
    alter table landing.duplicates drop column profile_number;
  `);

  expect((await landing.ingest()).changed).toBe(true);
  expect(await rows()).toEqual(before);
  expect(await database.value("select count(profile_number) from core.events")).toBe(before.length);
  expect(await database.value("select count(profile_number) from landing.duplicates")).toBe(1);
  await expectNumbers(database);

  const given = await numbers();
  landing.land("orders/3.csv", file(buy(5, "ada"), buy(6, "fay")));
  await landing.ingest();
  expect(await numbers()).toEqual({...given, fay: 4});
  await expectNumbers(database);
  expect((await landing.ingest()).changed).toBe(false);
});
