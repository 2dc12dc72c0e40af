import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openDatabase, type Database} from "../loaders/engine/database.js";
import {statePaths} from "../loaders/engine/warehouse.js";
import {refresh, type RefreshReport} from "../loaders/refresh.js";
import {projectRoot, readWorkspace} from "../loaders/workspace.js";
import {hasShared, sharedData} from "./shared.js";

const data = sharedData;
const isThere = hasShared("cdnow_sample.csv");

const temporary = mkdtempSync(join(tmpdir(), "tenfold-examples-"));
afterAll(() => rmSync(temporary, {recursive: true, force: true}));

/** Refreshes an example in a temporary folder once, for the tests of one `describe`. */
function example(name: string) {
  const result = {} as {report: RefreshReport; database: Database; published: string};
  beforeAll(async () => {
    const definitions = readWorkspace({data: join(projectRoot, "data/examples", name), landing: data});
    const workspace = {...definitions, warehouse: join(temporary, name)};
    result.report = await refresh(workspace);
    result.database = await openDatabase(statePaths(workspace).warehouse, {access_mode: "READ_ONLY"});
    result.published = statePaths(workspace).published;
  }, 600_000);
  afterAll(() => result.database?.close());
  return result;
}

/** Nothing failed on the way, and the pages' files are there. */
function expectSound({report, published}: ReturnType<typeof example>): void {
  expect(report.nodes.filter(({status}) => status === "failed" || status === "stale")).toEqual([]);
  const build = readFileSync(join(published, "current"), "utf8").trim();
  for (const file of ["meta.arrow", "overview.arrow", "deciles.arrow", "workspace.duckdb"]) {
    expect(existsSync(join(published, build, file)), file).toBe(true);
  }
}

describe.skipIf(!isThere)("data/examples/cdnow", () => {
  const cdnow = example("cdnow");

  test("builds every table and file", () => expectSound(cdnow));

  test("holds 6,919 purchases of 2,357 customers, worth 244,091.94", async () => {
    const row = await cdnow.database.row(
      "select count(*) as purchases, count(distinct profile_id) as customers, sum(value)::varchar as worth from core.events"
    );
    expect(row).toEqual({purchases: 6919, customers: 2357, worth: "244091.9400"});
  });

  test("ranks every customer for life, and inactive ones apart within a month", async () => {
    const rows = await cdnow.database.rows(
      `select lookback, count(*) as people, count(bucket) as ranked from derived.deciles
       where metric = 'spend' and category = '*' and lookback in ('1 month', 'lifetime') group by 1 order by 1`
    );
    expect(rows).toEqual([
      {lookback: "1 month", people: 2357, ranked: expect.any(Number)},
      {lookback: "lifetime", people: 2357, ranked: 2357}
    ]);
  });
});

describe.skipIf(!isThere)("data/examples/hillstrom", () => {
  const hillstrom = example("hillstrom");

  test("builds every table and file", () => expectSound(hillstrom));

  test("holds the arms, and who visited, bought and spent in each", async () => {
    const rows = await hillstrom.database.rows(`
      with outcomes as (
        select
          s.arm, s.profile_id,
          bool_or(e.event_type = 'web.view') as visited,
          bool_or(e.event_type = 'commerce.purchase') as bought,
          coalesce(sum(e.value) filter (e.event_type = 'commerce.purchase'), 0) as spend
        from activation.sends s
        left join core.events e
          on e.profile_id = s.profile_id and e.event_time > timestamp '2008-02-01 09:00:00'
        group by all
      )
      select arm, count(*) as n, count(*) filter (visited) as visits, count(*) filter (bought) as conversions,
        sum(spend)::double as spend
      from outcomes group by 1 order by 1`);
    expect(rows).toEqual([
      {arm: "control", n: 21306, visits: 2262, conversions: 122, spend: 13908.33},
      {arm: "mens", n: 21307, visits: 3894, conversions: 267, spend: 30311.69},
      {arm: "womens", n: 21387, visits: 3238, conversions: 189, spend: 23038.11}
    ]);
  });

  test.each([
    ["mens", "visit", 0.07659, 0.069953, 0.083227, 6],
    ["mens", "conversion", 0.006805, 0.005014, 0.008641, 6],
    ["mens", "spend", 0.76983, 0.4851, 1.0545, 4],
    ["womens", "visit", 0.045233, 0.038894, 0.051574, 6],
    ["womens", "conversion", 0.003111, 0.001502, 0.004745, 6],
    ["womens", "spend", 0.42441, 0.169, 0.6799, 3]
  ] as const)("lifts %s %s as published, interval included", async (arm, measure, difference, lower, upper, digits) => {
    const row = await hillstrom.database.row<{difference: number; lower: number; upper: number}>(
      `select difference::double as difference, lower::double as lower, upper::double as upper
       from derived.lift where arm = $arm and measure = $measure and window_days = 14`,
      {arm, measure}
    );
    expect(row!.difference).toBeCloseTo(difference, Math.min(digits, 5) - 1);
    expect(row!.lower).toBeCloseTo(lower, digits - 1);
    expect(row!.upper).toBeCloseTo(upper, digits - 1);
  });

  test("keeps together the 7,947 customers who spent 29.99", async () => {
    const rows = await hillstrom.database.rows(`
      select distinct tied, bucket from derived.decile_history
      join (select value, count(*) as tied from derived.decile_history
        where metric = 'spend' and lookback = '12 months' and category = '*' and valid_from <= timestamp '2008-02-01 09:00:00'
        and (valid_to is null or valid_to > timestamp '2008-02-01 09:00:00') group by 1) using (value)
      where metric = 'spend' and lookback = '12 months' and category = '*' and value = 29.99
        and valid_from <= timestamp '2008-02-01 09:00:00' and (valid_to is null or valid_to > timestamp '2008-02-01 09:00:00')`);
    expect(rows).toEqual([{tied: 7947, bucket: expect.any(Number)}]);
  });
});

describe.skipIf(!isThere)("data/examples/airline-loyalty", () => {
  const airline = example("airline-loyalty");

  test("builds every table and file", () => expectSound(airline));

  test("takes in 16,737 members and 405,624 activity rows, of which 197,992 yield nothing", () => {
    const batches = Object.fromEntries(airline.report.ingest.batches.map((batch) => [batch.source, batch]));
    expect(batches.members).toMatchObject({rows: 16737, loaded: 16737, rejected: 0, duplicates: 0});
    expect(batches.activity).toMatchObject({rows: 405624, loaded: 207632, rejected: 0, duplicates: 0, skipped: 197992});
  });

  test("holds 50,172,736.25 points, and deciles that add up to them", async () => {
    expect(
      await airline.database.value("select sum(value)::varchar from core.events where event_type = 'loyalty.accrual'")
    ).toBe("50172736.2500");
    expect(
      await airline.database.value(
        `select sum(value)::varchar from derived.deciles
         where metric = 'points' and lookback = 'lifetime' and category = '*'`
      )
    ).toBe("50172736.2500");
  });

  test("adds the second row of a member-month to the first", async () => {
    const row = await airline.database.row(`
      select count(*) as rows, sum(n) as events from (
        select count(*) as n from core.events where event_type = 'loyalty.accrual' group by profile_id, event_date
        having count(*) > 1
      )`);
    expect(row!.events as number).toBeGreaterThan(row!.rows as number);
    expect(await airline.database.value("select count(*) from core.profiles")).toBe(16737);
  });
});
