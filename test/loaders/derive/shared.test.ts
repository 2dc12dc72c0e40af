import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {rankSql} from "../../../lib/deciles/rank.js";
import {quoteText} from "../../../lib/sql.js";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {hasShared, sharedData} from "../../shared.js";

const shared = sharedData;
const isThere = hasShared("hillstrom.csv.gz");

describe.skipIf(!isThere)("rankSql() on real data", () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(":memory:");
    await database.run(`
      create table hillstrom as select row_number() over () as id, history::decimal(18,4) as value
      from read_csv(${quoteText(join(shared, "hillstrom.csv.gz"))});
      create table cdnow as select master_id::varchar as id, sum(value::decimal(18,4)) as value
      from read_csv(${quoteText(join(shared, "cdnow_sample.csv"))}) group by all`);
  });
  afterAll(() => database.close());

  const rank = (from: string, ties: "together" | "split") =>
    rankSql({from, partition: [], value: "value", id: "id", buckets: 10, ties, minPartition: 10});
  const tied = async (ties: "together" | "split") =>
    (
      await database.rows<{bucket: number; n: number}>(
        `select bucket, count(*) as n from (${rank("hillstrom", ties)}) where value = 29.99 group by 1 order by 1`
      )
    ).map(({bucket, n}) => [bucket, n]);

  test("the 7,947 people at 29.99 straddle deciles 9 and 10 when split, and stand together otherwise", async () => {
    expect(await tied("split")).toEqual([
      [9, 1547],
      [10, 6400]
    ]);
    expect(await tied("together")).toEqual([[10, 7947]]);
  });

  test("CDNOW's 2,357 customers split into deciles of 236 and 235, worth 244,091.94 in all", async () => {
    const rows = await database.rows<{n: number; total: number}>(
      `select count(*) as n, sum(value) as total from (${rank("cdnow", "split")}) group by bucket order by bucket`
    );
    expect(rows.map((row) => row.n)).toEqual([236, 236, 236, 236, 236, 236, 236, 235, 235, 235]);
    expect(await database.value("select sum(value) from cdnow")).toBe(244091.94);
    expect(await database.value(`select sum(value) from (${rank("cdnow", "together")})`)).toBe(244091.94);
  });
});
