import {createHash} from "node:crypto";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openDatabase, type Database} from "../../../loaders/engine/database.js";
import {parameters} from "../../../loaders/sample/parameters.js";
import {draw, writeSample} from "../../../loaders/sample/sample.js";

const zone = "Europe/Berlin";
/** A two-sided 99.9% interval's half width in standard errors. */
const z = 3.2905;

const temporary = mkdtempSync(join(tmpdir(), "tenfold-sample-"));
afterAll(() => rmSync(temporary, {recursive: true, force: true}));

const write = (name: string, options: {customers?: number; campaigns?: number; seed?: number; threads?: number} = {}) =>
  writeSample({landing: join(temporary, name), time_zone: zone}, {customers: 400, ...options});

/** Every file's hash by its path. */
function hashes(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length), createHash("sha256").update(readFileSync(path)).digest("hex")])
  );
}

describe("writeSample()", () => {
  test("writes the same bytes for the same seed, on one thread and on four", async () => {
    await write("one", {threads: 1});
    await write("four", {threads: 4});
    expect(hashes(join(temporary, "four"))).toEqual(hashes(join(temporary, "one")));
  });

  test("writes other purchases for another seed", async () => {
    await write("first");
    await write("second", {seed: 2});
    const file = "purchases/purchases-2025-q1.csv";
    expect(readFileSync(join(temporary, "second", file))).not.toEqual(readFileSync(join(temporary, "first", file)));
  });

  test("leaves out mails, and the purchases they caused and no other, when campaigns is 0", async () => {
    const {truth: all} = await write("all", {customers: 2000});
    const {truth: none} = await write("none", {customers: 2000, campaigns: 0});
    expect(readdirSync(join(temporary, "none"))).not.toContain("mail");
    expect(none.purchases.caused).toBe(0);
    expect(all.purchases.caused).toBeGreaterThan(30);
    expect(none.purchases.count).toBe(all.purchases.count - all.purchases.caused);
  });

  test("replaces what it wrote itself, files of more campaigns included", async () => {
    await write("again", {campaigns: 3});
    await write("again", {campaigns: 1});
    expect(readdirSync(join(temporary, "again", "mail"))).toEqual(["autumn-fares.ndjson"]);
    await write("again", {campaigns: 0});
    expect(readdirSync(join(temporary, "again"))).not.toContain("mail");
  });

  test("refuses a folder that holds somebody else's files", async () => {
    const folder = join(temporary, "mine", "purchases");
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, "orders.csv"), "id\n");
    await expect(write("mine")).rejects.toThrow(/purchases holds files that are not the sample's/);
    expect(existsSync(join(folder, "orders.csv"))).toBe(true);
  });

  test("refuses customers, campaigns and seeds that are no numbers of their kind", async () => {
    await expect(write("bad", {customers: 0})).rejects.toThrow("customers is no whole number above 0: 0");
    await expect(write("bad", {campaigns: 4})).rejects.toThrow("campaigns is no whole number from 0 to 3: 4");
    await expect(write("bad", {seed: 0.5})).rejects.toThrow("seed is no whole number: 0.5");
  });
});

describe("draw()", () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(":memory:");
    await draw(database, {customers: 4000, campaigns: 3, seed: 7, zone});
  });
  afterAll(() => database.close());

  /** Mean and standard error of a residual that should be 0 on average. */
  const residual = async (sql: string) =>
    (await database.row<{mean: number; error: number}>(
      `select avg(r) as mean, stddev_samp(r) / sqrt(count(*)) as error from (${sql}) as t(r)`
    ))!;

  test("draws uniforms that do not depend on each other, between purposes and between neighbours", async () => {
    const row = await database.row<Record<string, number>>(`
      select
        abs(corr(uniform('a', i), uniform('b', i))) as purposes,
        abs(corr(uniform('a', i), uniform('a', i + 1))) as neighbours,
        abs(avg(uniform('a', i)) - 0.5) as mean
      from range(100000) as t(i)`);
    expect(row!.purposes).toBeLessThan(z / Math.sqrt(100_000));
    expect(row!.neighbours).toBeLessThan(z / Math.sqrt(100_000));
    expect(row!.mean).toBeLessThan(z / Math.sqrt(12 * 100_000));
  });

  test("draws repeat purchases as a Pareto/NBD process does: E[X(T)] of Schmittlein, Morrison & Colombo, equation 17", async () => {
    const {r, alpha, s, beta, stop} = parameters;
    const {mean, error} = await residual(`
      select count(p.seq) filter (p.seq > 0)
        - ${(r * beta) / (alpha * (s - 1))}
          * (1 - pow(${beta} / (${beta} + datediff('second', m.joined_at, timestamp '${stop}') / 604800), ${s - 1}))
      from members m
      join base_purchases p using (member)
      group by m.member, m.joined_at`);
    expect(Math.abs(mean)).toBeLessThan(z * error);
  });

  test("draws amounts as a Gamma-Gamma process does: given the member's scale, their mean is p / scale", async () => {
    const {mean, error} = await residual(`
      select avg(p.amount * p.rate)::double * m.spend_scale - ${parameters.p}
      from purchases p join members m using (member)
      group by m.member, m.spend_scale`);
    expect(Math.abs(mean)).toBeLessThan(z * error);
  });

  test("draws the members' own means around p v / (q - 1)", async () => {
    const {p, q, v} = parameters;
    const {mean, error} = await residual(`select ${p} / spend_scale - ${(p * v) / (q - 1)} from members`);
    expect(Math.abs(mean)).toBeLessThan(z * error);
  });

  test("keeps a fifth of the autumn mailing's audience out", async () => {
    const {mean, error} = await residual(
      "select (arm = 'holdout')::integer - 0.2 from assignments where campaign = 'autumn-fares'"
    );
    expect(Math.abs(mean)).toBeLessThan(z * error);
  });

  test("posts every flight twice", async () => {
    const counts = await database.row(
      "select (select count(*) from flights) as flights, (select count(*) from postings) as postings"
    );
    expect(counts!.postings).toBe(2 * (counts!.flights as number));
  });
});
