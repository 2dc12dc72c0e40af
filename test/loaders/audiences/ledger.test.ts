import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeEach, describe, expect, it} from "vitest";
import {audienceNodes} from "../../../loaders/audiences/audiences.js";
import type {PlanOptions} from "../../../loaders/audiences/plan.js";
import type {Database} from "../../../loaders/engine/database.js";
import {silent} from "../../../loaders/engine/progress.js";
import {build, testWarehouse, testWorkspace} from "./fixture.js";

const root = mkdtempSync(join(tmpdir(), "tenfold-audiences-"));
afterAll(() => rmSync(root, {recursive: true}));

let database: Database;
let warnings: string[];
beforeEach(async () => {
  database = await testWarehouse();
  warnings = [];
});

/** Evaluates audiences as of the end of a day, as a refresh would. */
async function run(day: string, audiences: Record<string, string>, options?: Omit<PlanOptions, "last">): Promise<void> {
  const workspace = {...testWorkspace(audiences), root};
  const nodes = await audienceNodes(database, workspace, options);
  const progress = {...silent, warn: (text: string) => void warnings.push(text)};
  await build(database, workspace, nodes, {asOf: new Date(`${day}T05:00:00Z`), runId: `run of ${day}`, progress});
}

const setScore = (id: number, score: number) =>
  database.run(`update core.profiles set score = ${score} where profile_id = ${id}`);
const stays = (columns = "audience_id, profile_id, reason, left_reason") =>
  database.rows(
    `select ${columns} from records.audience_members order by audience_id, profile_id, entered_at, left_at, arm`
  );
const high = (bar: number, more = "") => `name: High\n${more}rule: {attribute: score, at_least: ${bar}}\n`;

describe("the ledger of stays", () => {
  it("says why people enter and leave, and when", async () => {
    await run("2024-02-01", {high: high(5)});
    await setScore(1, 0);
    await setScore(2, 9);
    await run("2024-02-02", {high: high(5)});
    await run("2024-02-03", {high: high(6)});
    await database.run("delete from core.profiles where profile_id = 2");
    await run("2024-02-04", {high: high(6)});
    expect(await stays("profile_id, entered_at::date as entered, reason, left_at::date as gone, left_reason, version")).toEqual([
      {profile_id: 1, entered: "2024-02-01", reason: "first_run", gone: "2024-02-02", left_reason: "unmatched", version: 1},
      {profile_id: 2, entered: "2024-02-02", reason: "matched", gone: "2024-02-04", left_reason: "profile_gone", version: 1},
      {profile_id: 4, entered: "2024-02-01", reason: "first_run", gone: "2024-02-03", left_reason: "rule_changed", version: 1}
    ]); // prettier-ignore
  });

  it("is the same after a second run of one as-of, and a change of name alone is no new version", async () => {
    await run("2024-02-01", {high: high(5)});
    const before = await stays("*");
    await run("2024-02-01", {high: high(5, "description: Other words\n").replace("High", "Higher")});
    expect(await stays("*")).toEqual(before);
    expect(await database.value("select count(*) from records.audience_versions")).toBe(1);
  });

  it("keeps a stay of no length where a corrected run finds that somebody should not have entered, and hides it", async () => {
    await run("2024-02-01", {high: high(5)});
    await setScore(2, 9);
    await run("2024-02-02", {high: high(5)});
    await setScore(2, 0);
    await run("2024-02-02", {high: high(5)});
    expect(await stays("profile_id, left_at = entered_at as empty")).toContainEqual({profile_id: 2, empty: true});
    expect(await database.value("select count(*) from derived.audience_members where profile_id = 2")).toBe(0);
  });

  it("leaves an earlier as-of, and one after today, unrecorded and says so", async () => {
    await run("2024-02-02", {high: high(5)});
    const before = await stays("*");
    await setScore(1, 0);
    await run("2024-02-01", {high: high(5)});
    await run("9999-01-01", {high: high(5)});
    expect(await stays("*")).toEqual(before);
    expect(await database.value("select count(*) from derived.audience_now where audience_id = 'high'")).toBe(1);
    expect(warnings).toEqual([
      expect.stringMatching(/earlier than 2024-02-02.*stays as it is/),
      expect.stringMatching(/later than today/)
    ]);
  });

  it("ends the stays of audiences that are deactivated or deleted, and begins new ones when they come back", async () => {
    await run("2024-02-01", {high: high(5), low: high(-9)});
    await run("2024-02-02", {high: high(5, "state: inactive\n")});
    await run("2024-02-03", {high: high(5)});
    expect(await stays()).toEqual([
      {audience_id: "high", profile_id: 1, reason: "first_run", left_reason: "inactive"},
      {audience_id: "high", profile_id: 1, reason: "published", left_reason: null},
      {audience_id: "high", profile_id: 4, reason: "first_run", left_reason: "inactive"},
      {audience_id: "high", profile_id: 4, reason: "published", left_reason: null},
      {audience_id: "low", profile_id: 1, reason: "first_run", left_reason: "deleted"},
      {audience_id: "low", profile_id: 3, reason: "first_run", left_reason: "deleted"},
      {audience_id: "low", profile_id: 4, reason: "first_run", left_reason: "deleted"}
    ]);
    expect(await database.rows("select state, profiles from records.audience_runs where audience_id = 'low' order by as_of")) // prettier-ignore
      .toEqual([{state: "published", profiles: 3}, {state: "deleted", profiles: 0}]); // prettier-ignore
  });

  it("refuses a draft that was published, and names what refers to drafts, inactive, deleted and unknown ones", async () => {
    await run("2024-02-01", {high: high(5), gone: high(5)});
    const refer = (id: string, membership = "now") => `name: R\nrule: {audience: ${id}, membership: ${membership}}\n`;
    await expect(run("2024-02-02", {high: high(5, "state: draft\n")})).rejects.toThrow(
      'audiences/high.yaml:2: state: expected published or inactive, not "draft": it has been published, so copy it'
    );
    const others = {off: high(5, "state: inactive\n"), idea: high(5, "state: draft\n"), high: high(5)};
    for (const [rule, message] of [
      [refer("off"), 'audience "off" is inactive: nobody is in it; publish it'],
      [refer("idea"), 'audience "idea" is a draft: publish it first'],
      [refer("gone"), 'audience "gone" was deleted: nobody is in it any more'],
      [refer("hihg"), 'unknown audience "hihg": did you mean "high"?']
    ]) {
      await expect(run("2024-02-02", {...others, mine: rule!})).rejects.toThrow(message);
    }
    await run("2024-02-02", {...others, mine: refer("gone", "ever")});
    expect(await database.value("select count(*) from derived.audience_now where audience_id = 'mine'")).toBe(2);
  });

  it("refuses audiences that go round in a circle, by name", async () => {
    const refer = (id: string) => `name: R\nrule:\n  all:\n    - {audience: ${id}}\n`;
    await expect(run("2024-02-01", {a: refer("b"), b: refer("c"), c: refer("a")})).rejects.toThrow(
      "audiences/a.yaml:4: audiences go round in a circle: a → b → c → a"
    );
  });

  it("evaluates by schedule: after its definition changed, when asked for, and once for each time it names", async () => {
    const text = (bar: number) => high(bar, 'schedule: "0 6 * * 1"\n');
    const size = () => database.value("select count(*) from derived.audience_now");
    const at = (now: string, evaluate?: true) => ({now: new Date(now), evaluate});
    await run("2024-02-01", {high: text(5)}, at("2024-02-01T12:00:00Z"));
    await database.run("update records.audience_runs set evaluated_at = timestamp '2024-02-01 12:00:00'");
    await setScore(2, 9);
    await run("2024-02-03", {high: text(5)}, at("2024-02-03T12:00:00Z"));
    expect(await size()).toBe(2);
    await run("2024-02-03", {high: text(5)}, at("2024-02-03T12:00:00Z", true));
    expect(await size()).toBe(3);
    await database.run("update records.audience_runs set evaluated_at = timestamp '2024-02-03 12:00:00'");
    await setScore(2, 0);
    await run("2024-02-05", {high: text(5)}, at("2024-02-05T10:59:00Z"));
    expect(await size()).toBe(3);
    await run("2024-02-05", {high: text(5)}, at("2024-02-05T11:00:00Z"));
    expect(await size()).toBe(2);
    await setScore(2, 9);
    await run("2024-02-06", {high: text(6)}, at("2024-02-05T11:01:00Z"));
    expect(await size()).toBe(1);
  });
});

describe("who is meant", () => {
  it("reads ids from a file and counts those that nobody has", async () => {
    mkdirSync(join(root, "lists"), {recursive: true});
    writeFileSync(join(root, "lists/vip.csv"), "name,email\nA,a@x.org\nB, b@x.org \nC,nobody@x.org\nA,a@x.org\n");
    writeFileSync(join(root, "lists/plain.txt"), "a@x.org\r\nd@x.org\r\n\r\n");
    await run("2024-02-01", {
      vip: "name: VIP\nfile: {path: lists/vip.csv, namespace: email}\n",
      plain: "name: Plain\nfile: {path: lists/plain.txt}\n"
    });
    expect(await database.rows("select audience_id, profile_id from derived.audience_now order by all")).toEqual([
      {audience_id: "plain", profile_id: 1},
      {audience_id: "plain", profile_id: 4},
      {audience_id: "vip", profile_id: 1},
      {audience_id: "vip", profile_id: 2}
    ]);
    expect(await database.rows("from derived.audience_imports order by audience_id")).toEqual([
      {audience_id: "plain", ids: 2, unmatched: 0},
      {audience_id: "vip", ids: 3, unmatched: 1}
    ]);
  });

  it("refuses a file that is missing, outside of the workspace, or of an unknown namespace", async () => {
    writeFileSync(join(root, "lists/vip.csv"), "email\n");
    const file = (path: string, more = "") => ({a: `name: A\nfile: {path: ${path}${more}}\n`});
    await expect(run("2024-02-01", file("lists/vpi.csv"))).rejects.toThrow('no such file: "lists/vpi.csv": did you mean "lists/vip.csv"?'); // prettier-ignore
    await expect(run("2024-02-01", file("../secret.csv"))).rejects.toThrow("expected a file inside the workspace");
    await expect(run("2024-02-01", file("lists/vip.csv", ", namespace: emial"))).rejects.toThrow('unknown namespace "emial": did you mean "email"?'); // prettier-ignore
  });

  it("takes the members from a model, and leaves out ids that nobody has", async () => {
    await database.run("create table derived.loyal as select unnest([1, 2, 99])::ubigint as profile_id");
    await run("2024-02-01", {loyal: "name: Loyal\nmodel: derived.loyal\n"});
    expect(await database.value("select list(profile_id order by profile_id) from derived.audience_now")).toEqual([1, 2]); // prettier-ignore
  });

  it.each([
    ["all", [1, 2, 4]],
    ["none", [2]]
  ])("ranks the best, ties: %s", async (ties, expected) => {
    await setScore(2, 9);
    await run("2024-02-01", {top: high(-9, `top: {n: 2, by: {attribute: score}, ties: ${ties}}\n`)});
    expect(await database.value("select list(profile_id order by profile_id) from derived.audience_now")).toEqual(
      expected
    );
  });

  it("draws among ties by the seed, exactly n, the same at every run", async () => {
    const drawn = async (seed: string) => {
      await run("2024-02-01", {top: high(5, `seed: ${seed}\ntop: {n: 1, by: {attribute: score}}\n`)});
      return database.value<number>("select profile_id from derived.audience_now");
    };
    const seeds = Array.from({length: 8}, (_, i) => `s${i}`);
    const once: (number | undefined)[] = [];
    for (const seed of seeds) once.push(await drawn(seed));
    expect(new Set(once)).toEqual(new Set([1, 4]));
    for (const [i, seed] of seeds.entries()) expect(await drawn(seed)).toBe(once[i]);
  });
});

describe("splits", () => {
  const arms = () =>
    database.rows<{arm: string; n: number}>(
      "select coalesce(arm, '-') as arm, count(*) as n from derived.audience_now group by all order by all"
    );

  it("draws stable arms of the shares asked for, by the seed and the primary identity alone", async () => {
    await database.run(`
      create or replace table core.profiles as
      select i::ubigint as profile_id, timestamp '2023-01-01' as first_event_at, timestamp '2023-01-01' as last_event_at,
        null::varchar as tier, null::date as joined, 1 as score, null::varchar as email, null::varchar as note
      from range(1, 10001) as r(i);
      create or replace table core.identities as
      select i::ubigint as identity_id, 'email' as namespace, 'p' || i || '@x.org' as value, i::ubigint as profile_id
      from range(1, 10001) as r(i);
    `);
    const text = (a: number) =>
      high(1, `seed: spring\nsplit: {holdout: 10, arms: {a: {percent: ${a}}, b: {percent: ${100 - a}}}}\n`);
    await run("2024-02-01", {all: text(50)});
    const [a, b, holdout] = (await arms()).map(({n}) => n) as [number, number, number];
    for (const [n, expected] of [[a, 4500], [b, 4500], [holdout, 1000]] as const) expect(Math.abs(n - expected)).toBeLessThan(4 * Math.sqrt(expected)); // prettier-ignore
    // sha256("spring" U+001F "holdout" U+001F "email" U+001F "p<i>@x.org"), computed by Node: the first two below 0.1.
    expect(
      await database.value(
        "select list(profile_id order by profile_id)[:2] from derived.audience_now where arm = 'holdout'"
      )
    ).toEqual(await firstHeldOut());
    await database.run("create table earlier as from derived.audience_now");
    await run("2024-02-02", {all: text(60)});
    const moved = await database.rows(
      `select old.arm as old, now.arm as new from derived.audience_now as now join earlier as old using (profile_id)
       where old.arm <> now.arm group by all`
    );
    expect(moved).toEqual([{old: "b", new: "a"}]);
    expect(await database.value("select count(*) from derived.audience_now where is_holdout <> (arm = 'holdout')")).toBe(0); // prettier-ignore
    expect(await database.rows('select profiles, entered, "left" from records.audience_runs order by as_of')).toEqual([
      {profiles: 10_000, entered: 10_000, left: 0},
      {profiles: 10_000, entered: 0, left: 0}
    ]);
  });

  it("gives a member to the first arm whose rule holds, and the others to the last", async () => {
    await run("2024-02-01", {
      all: `name: All
rule: {attribute: score, at_least: -9}
split:
  arms:
    gold: {where: {attribute: tier, is: gold}}
    five: {where: {attribute: score, is: 5}, holdout: true}
    rest: {}
`
    });
    expect(await arms()).toEqual([{arm: "gold", n: 2}, {arm: "rest", n: 1}]); // prettier-ignore
  });
});

async function firstHeldOut(): Promise<number[]> {
  const {createHash} = await import("node:crypto");
  const draw = (i: number) =>
    parseInt(createHash("sha256").update(["spring", "holdout", "email", `p${i}@x.org`].join("\x1f")).digest("hex").slice(0, 13), 16) / 2 ** 52; // prettier-ignore
  return Array.from({length: 10_000}, (_, i) => i + 1).filter((i) => draw(i) < 0.1).slice(0, 2); // prettier-ignore
}
