import {afterEach, beforeEach, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {publishedQueries} from "../../../loaders/publish/files.js";

let database: Database;
beforeEach(async () => {
  database = await openDatabase(":memory:", {threads: "4"});
  // More rows than one thread takes, and numbers that no double holds exactly.
  await database.run(`
    create schema derived;
    create table derived.lifetime_value as
    select i::ubigint as profile_id, date '2024-01-01' as first_order_date,
      date '2025-01-01' - (hash(i) % 300)::integer as last_order_date, (hash(i) % 12)::integer as repeat_orders,
      (hash(i, 1) % 1000003) / 1000003 as p_alive, (hash(i, 2) % 1000003) / 1000.0003::double as expected_orders,
      ((hash(i, 3) % 1000003) / 10000)::decimal(18, 4) as expected_value,
      ((hash(i, 4) % 1000003) / 10000)::decimal(18, 4) as historic_net, false as is_left_truncated,
      '12 months' as horizon, 'revenue' as basis
    from range(500000) as customers (i);
    create table derived.value_fit as select date '2025-01-01' as until;
    create table derived.value_orders as
    select profile_id, last_order_date as day, historic_net as net, historic_net as margin from derived.lifetime_value;
  `);
});
afterEach(() => database.close());

test.each(["value", "value_map", "value_curve"])("%s is the same to the last bit each time", async (name) => {
  const {sql} = publishedQueries().find((query) => query.name === name)!;
  const first = await database.rows(sql);
  expect(first.length).toBeGreaterThan(0);
  for (let i = 0; i < 5; ++i) expect(await database.rows(sql)).toEqual(first);
});
