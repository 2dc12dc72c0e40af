import {afterEach, beforeEach, expect, test} from "vitest";
import {header, openLanding, type Landing} from "./landing.js";

let landing: Landing;
beforeEach(async () => void (landing = await openLanding()));
afterEach(() => landing.close());

const file = (...customers: string[]) =>
  [header, ...customers.map((name, i) => `${name}-${i},${name},2024-01-05,1,web`), ""].join("\n");
const crowd = Array.from({length: 40}, (_, i) => `c${i}`);
const identities = async () =>
  landing.database.rows("select * exclude (is_primary) from core.identities order by identity_id");
const values = async () =>
  (await landing.database.rows<{value: string}>("select value from landing.identity_values order by value")).map(
    (row) => row.value
  );

test("a value keeps its id whether it is looked up or hashed again", async () => {
  landing.land("orders/a.csv", file(...crowd));
  // One row is hashed: it is few beside forty identities. Forty find theirs.
  landing.land("orders/b.csv", file("c7"));
  landing.land("orders/c.csv", file(...crowd, "new"));
  await landing.ingest();
  expect(await values()).toEqual([...crowd, "new"].sort());
  const people = await landing.database.rows(
    "select count(distinct identity_id) as ids from landing.identities group by batch_id order by batch_id"
  );
  expect(people).toEqual([{ids: 40}, {ids: 1}, {ids: 41}]);
  expect(await identities()).toHaveLength(41);
});

for (const [path, before] of [
  ["hashed", crowd],
  ["looked up", ["bob"]]
] as const) {
  test(`two identities with one id fail the batch (known values ${path})`, async () => {
    landing.land("orders/a.csv", file("ada"));
    await landing.ingest();
    landing.remove("orders/a.csv");
    landing.land("orders/a.csv", file(...before));
    await landing.ingest();
    // The id that ada's value has, in any workspace of this key.
    const other = await openLanding();
    other.land("orders/a.csv", file("ada"));
    await other.ingest();
    const id = await other.database.value<bigint>("select identity_id from landing.identity_values");
    other.close();
    await landing.database.run("insert into landing.identity_values values ($id, 'customer', 'mallory')", {id: id!});
    landing.land("orders/b.csv", file("ada"));
    const {batches} = await landing.ingest();
    expect(batches.find((batch) => batch.file === "orders/b.csv")).toMatchObject({outcome: "failed"});
    expect(batches.find((batch) => batch.file === "orders/b.csv")?.error).toMatch(/^identity_collision/);
    expect(await values()).toEqual([...before, "mallory"].sort());
  });
}

test("a value goes with the last batch that has it", async () => {
  landing.land("orders/a.csv", file("ada", "bob"));
  landing.land("orders/b.csv", file("bob"));
  await landing.ingest();
  landing.land("orders/a.csv", file("cleo"));
  await landing.ingest();
  expect(await values()).toEqual(["bob", "cleo"]);
  expect(await identities()).toHaveLength(2);
});

test("a warehouse that has every value in every batch's row is brought to the new form", async () => {
  landing.land("orders/a.csv", file("ada", "bob"));
  landing.land("orders/b.csv", file("bob"));
  await landing.ingest();
  const before = await identities();
  await landing.database.run(`
    drop view core.identities;
    create table landing.old as
    select batch_id, identity_id, namespace, value, profile_id, is_primary, first_seen, last_seen
    from landing.identities join landing.identity_values using (identity_id);
    drop table landing.identities;
    drop table landing.identity_values;
    alter table landing.old rename to identities;
    create view core.identities as
    select identity_id, any_value(namespace) as namespace, any_value(value) as value, min(profile_id) as profile_id,
      bool_or(is_primary) as is_primary, min(first_seen) as first_seen, max(last_seen) as last_seen
    from landing.identities group by identity_id;
  `);
  landing.land("orders/c.csv", file("bob"));
  await landing.ingest();
  expect(await identities()).toEqual(before);
  expect(await values()).toEqual(["ada", "bob"]);
});
