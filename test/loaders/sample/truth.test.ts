import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {quoteText} from "../../../lib/sql.js";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {asOfInstant} from "../../../loaders/engine/asOf.js";
import type {Database} from "../../../loaders/engine/database.js";
import {silent} from "../../../loaders/engine/progress.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import {ingest} from "../../../loaders/ingest/ingest.js";
import type {IngestReport} from "../../../loaders/ingest/report.js";
import {campaignPlan, parameters} from "../../../loaders/sample/parameters.js";
import {writeSample} from "../../../loaders/sample/sample.js";
import type {Truth} from "../../../loaders/sample/truth.js";
import {projectRoot, readWorkspace} from "../../../loaders/workspace.js";
import {emptyLedger} from "../../warehouse.js";

/** A two-sided 99.9% interval's half width in standard errors, and that of a 95% one. */
const [z, z95] = [3.2905, 1.96];

const temporary = mkdtempSync(join(tmpdir(), "tenfold-truth-"));
let database: Database;
let truth: Truth;
let taken: IngestReport;
let purchases: string;

beforeAll(async () => {
  const landing = join(temporary, "landing");
  const workspace = {
    ...readWorkspace({data: join(projectRoot, "data"), landing}),
    warehouse: join(temporary, "warehouse"),
    history: 0
  };
  ({truth} = await writeSample(workspace, {customers: 3000, seed: 11}));
  purchases = quoteText(join(landing, "truth", "purchases.parquet"));
  database = await openWarehouse(workspace);
  taken = await ingest(database, workspace, {progress: silent, key: "test"});
  const asOf = await asOfInstant(database, workspace);
  await emptyLedger(database);
  const nodes = await modelNodes(database, workspace);
  for (const only of ["derived.lift", "derived.deciles"]) {
    const reports = await derive(database, workspace, nodes, {asOf, progress: silent, runId: "test", only});
    for (const {name, status, error} of reports) expect([name, status, error]).not.toContain("failed");
  }
}, 300_000);

afterAll(() => {
  database?.close();
  rmSync(temporary, {recursive: true, force: true});
});

test("every dirty line is refused, with the code that names its dirt, and no other line is", async () => {
  const rows = await database.rows<{source: string; code: string; n: number}>(
    "select source, code, count(*) as n from landing.rejects where source <> 'partner' group by all"
  );
  const expected: Record<string, number> = {};
  for (const [source, {dirty}] of Object.entries(truth.sources)) {
    for (const [kind, n] of Object.entries(dirty)) {
      for (const code of kind === "two_reasons" ? ["wrong_type", "not_in_values"] : [kind]) {
        expected[`${source} ${code}`] = (expected[`${source} ${code}`] ?? 0) + n;
      }
    }
  }
  expect(Object.fromEntries(rows.map(({source, code, n}) => [`${source} ${code}`, n]))).toEqual(expected);
});

test("every clean line is loaded once, and its repetitions are duplicates", () => {
  for (const [source, {lines, clean, repeated}] of Object.entries(truth.sources)) {
    const batches = taken.batches.filter((batch) => batch.source === source);
    const sum = (column: "rows" | "loaded" | "duplicates") =>
      batches.reduce((total, batch) => total + batch[column], 0);
    expect({source, rows: sum("rows"), loaded: sum("loaded"), duplicates: sum("duplicates")}).toEqual({
      source,
      rows: lines,
      loaded: clean,
      duplicates: repeated
    });
  }
});

test("the partner's files fail, load or are left alone as the truth says", () => {
  const outcomes = Object.fromEntries(taken.batches.map((batch) => [batch.file, batch.outcome]));
  for (const {file, outcome} of truth.partner) {
    expect([file, outcomes[file]]).toEqual([
      file,
      {loaded: "new", failed: "failed", ignored: undefined}[outcome as "loaded"]
    ]);
  }
});

test("purchases come to their true worth in the workspace's currency", async () => {
  const row = await database.row<{count: number; value: number; buyers: number}>(
    `select count(*) as count, sum(value)::double as value, count(distinct profile_id) as buyers
     from core.events where event_type = 'commerce.purchase'`
  );
  expect(row).toMatchObject({count: truth.purchases.count, buyers: truth.purchases.buyers});
  expect(row!.value).toBeCloseTo(truth.purchases.value, 0);
});

test("a flight's two postings count once: flights and miles over all members are the true ones", async () => {
  const rows = await database.rows<{metric: string; total: number}>(
    `select metric, sum(value)::double as total from derived.deciles
     where lookback = 'lifetime' and category = '*' and metric in ('flights', 'miles') group by 1 order by 1`
  );
  expect(rows).toEqual([
    {metric: "flights", total: truth.flights.count},
    {metric: "miles", total: truth.flights.miles}
  ]);
});

test("purchase rates are those of the process: repeat purchases that no campaign caused match E[X(T)]", async () => {
  const {r, alpha, s, beta, stop} = parameters;
  const row = await database.row<{mean: number; error: number}>(`
    with ordered as (
      select e.profile_id, e.event_time, t.campaign
      from core.events e
      join ${purchases} t on t.purchased_at::timestamp between e.event_time - interval 2 hours and e.event_time + interval 2 hours
        and t.order_id is not null and e.event_type = 'commerce.purchase'
      join core.identities i on i.profile_id = e.profile_id and i.value = t.member_id
    ),
    people as (
      select profile_id, count(*) filter (campaign is null) - 1 as repeats, min(event_time) as first_at from ordered group by all
    )
    select avg(x) as mean, stddev_samp(x) / sqrt(count(*)) as error
    from (
      select repeats - ${(r * beta) / (alpha * (s - 1))}
        * (1 - pow(${beta} / (${beta} + datediff('second', first_at, timestamp '${stop}') / 604800), ${s - 1})) as x
      from people
    )`);
  // One purchase in two hundred was dirty, and is missing.
  expect(Math.abs(row!.mean)).toBeLessThan(z * row!.error + 0.005 * 6);
});

test("lift is found within its 99.9% interval: of the conversion rate, and of the revenue per head", async () => {
  for (const {id, arms} of campaignPlan) {
    for (const arm of Object.keys(arms).filter((name) => name !== "holdout")) {
      const real = truth.arms.find((row) => row.campaign === id && row.arm === arm)!;
      for (const [measure, expected] of [
        ["conversion", real.converted_because / real.assigned],
        ["revenue", real.caused_value / real.assigned]
      ] as const) {
        const window = measure === "conversion" ? 7 : 14;
        const found = await database.row<{difference: number; lower: number; upper: number; n_treated: number}>(
          `select difference::double as difference, lower::double as lower, upper::double as upper, n_treated
           from derived.lift
           where campaign_id = $id and arm = $arm and measure = $measure and window_days = $window`,
          {id, arm, measure, window}
        );
        expect(found?.n_treated).toBe(real.assigned);
        const {difference, lower, upper} = found!;
        expect(expected).toBeGreaterThan(difference - ((difference - lower) * z) / z95);
        expect(expected).toBeLessThan(difference + ((upper - difference) * z) / z95);
      }
    }
  }
});
