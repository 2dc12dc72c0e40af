import {copyFileSync, readFileSync, rmSync} from "node:fs";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {silent} from "../../../loaders/engine/progress.js";
import {refresh, type RefreshReport} from "../../../loaders/refresh.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {tenfoldHere} from "../commands/inProcess.js";
import {membersSource, openShop, type Shop} from "../commands/shop.js";

const loyal = `/* ---
name: derived.loyal
description: Who is loyal.
grain: one row per customer
columns: {profile_id: who}
--- */
select profile_id from core.profiles where tier = 'gold'
`;
let shop: Shop;
let warnings: string[];

beforeEach(() => {
  warnings = [];
  shop = openShop({
    "models/loyal.sql": loyal,
    "lists/codes.txt": "A1\nC3\n",
    "audiences/gold.yaml": "name: Gold\nrule: {attribute: tier, is: gold}\n",
    "audiences/coded.yaml": "name: Coded\nrule: {attribute: code, is: B2}\n",
    "audiences/listed.yaml": "name: Listed\nrule: {attribute: tier, in_file: lists/codes.txt}\n",
    "audiences/brought.yaml": "name: Brought\nfile: {path: lists/ids.csv}\n",
    "audiences/loyal.yaml": "name: Loyal\nmodel: derived.loyal\n",
    "audiences/of-coded.yaml": "name: Of coded\nrule: {any: [{audience: coded}, {attribute: tier, is: silver}]}\n",
    "lists/ids.csv": "email\na@x.org\nc@x.org\n"
  });
});
afterEach(() => shop.close());

const run = (): Promise<RefreshReport> =>
  refresh(readWorkspace({data: shop.root}), {progress: {...silent, warn: (line) => void warnings.push(line)}});

/** Sizes by audience, from the stays that go on. */
const sizes = () =>
  shop.look(async (database) =>
    Object.fromEntries(
      (
        await database.rows<{id: string; n: number}>(
          "select audience_id as id, count(*) as n from derived.audience_members where left_at is null group by all order by 1"
        )
      ).map(({id, n}) => [id, n])
    )
  );

describe("an audience that fails", () => {
  it("keeps its members, is shown with its reason, and keeps nobody from evaluating the others", async () => {
    expect((await run()).ok).toBe(true);
    const before = {brought: 2, coded: 1, gold: 2, loyal: 2, "of-coded": 2};
    expect(await sizes()).toEqual(before);

    // An attribute vanishes, a list goes, an import is spoilt, a model loses its column; a customer turns gold.
    shop.write("sources/members.yaml", membersSource("tier"));
    shop.write("landing/members/members.csv", "email,tier\na@x.org,gold\nb@x.org,gold\nc@x.org,silver\nd@x.org,gold\n");
    shop.remove("lists/codes.txt");
    shop.write("lists/ids.csv", Buffer.from([0x65, 0xff, 0xfe, 0x0a]));
    shop.write("models/loyal.sql", loyal.replaceAll("profile_id", "identity_id").replace("select identity_id from core.profiles where tier = 'gold'", "select identity_id from core.identities")); // prettier-ignore
    const report = await run();
    expect(report.ok).toBe(false);
    expect(Object.fromEntries(report.failedAudiences!.map(({audience, reason}) => [audience, reason]))).toEqual({
      brought: expect.stringMatching(/^lists\/ids\.csv: /),
      coded: expect.stringMatching(/^audiences\/coded\.yaml:2: rule: unknown attribute "code"/),
      listed: 'audiences/listed.yaml:2: rule: no such file in the workspace: "lists/codes.txt"',
      loyal: "audiences/loyal.yaml: model derived.loyal has no column profile_id of the type that core.profiles has",
      "of-coded": 'it names "coded", which fails'
    });
    expect(await sizes()).toEqual({...before, gold: 3});
    // What was not evaluated has no run either.
    const runs = await shop.look((database) => database.rows<{id: string}>("select audience_id as id from records.audience_runs where run_id = $id", {id: report.runId})); // prettier-ignore
    expect(runs).toEqual([{id: "gold"}]);
    expect(warnings).toContain(
      'audience "listed" is not evaluated: audiences/listed.yaml:2: rule: no such file in the workspace: "lists/codes.txt"'
    );
    expect(await shop.look((database) => database.rows("select audience_id, profiles, is_rule_alone, failure is null as is_sound from derived.audience_counts where audience_id in ('coded', 'gold') order by 1"))) // prettier-ignore
      .toEqual([
        {audience_id: "coded", profiles: 1, is_rule_alone: false, is_sound: false},
        {audience_id: "gold", profiles: 3, is_rule_alone: true, is_sound: true}
      ]);

    // Nothing is forgotten where nothing is built: it is said until it is mended.
    const again = await tenfoldHere("refresh", "--data", shop.root);
    expect(again.code).toBe(3);
    expect(again.stdout).toContain("audience coded failed: audiences/coded.yaml:2: rule: unknown attribute");
    const {stdout: list} = await tenfoldHere("audience", "list", "--data", shop.root);
    expect(list).toMatch(/^coded +Coded +published, failed +1 /m);
    expect(list).toContain("coded failed: audiences/coded.yaml:2: rule: unknown attribute");
    const {stdout: status} = await tenfoldHere("status", "--data", shop.root);
    expect(status).toMatch(/^listed +audiences\/listed\.yaml:2: rule: no such file/m);
    expect((await tenfoldHere("audience", "members", "coded", "--data", shop.root)).code).toBe(0);
    expect((await tenfoldHere("audience", "explain", "gold", "d@x.org", "--data", shop.root)).stdout).toContain("is in gold"); // prettier-ignore

    shop.write("sources/members.yaml", membersSource("tier", "code"));
    shop.write("landing/members/members.csv", "email,tier,code\na@x.org,gold,B2\nb@x.org,gold,B2\nc@x.org,A1,C3\n");
    shop.write("lists/codes.txt", "A1\n");
    shop.write("lists/ids.csv", "email\na@x.org\n");
    shop.write("models/loyal.sql", loyal);
    expect((await run()).failedAudiences).toEqual([]);
    expect(await sizes()).toEqual({brought: 1, coded: 2, gold: 2, listed: 1, loyal: 2, "of-coded": 2});
  });

  it("fails alone, too, where the model it is made of fails or is gone", async () => {
    await run();
    shop.write("models/loyal.sql", loyal.replace("select profile_id", "select profile_id, error('no luck') as luck"));
    const failed = await run();
    expect(failed.failedAudiences).toEqual([
      {
        audience: "loyal",
        reason: expect.stringMatching(/^audiences\/loyal\.yaml: model derived\.loyal is stale: .*luck/)
      }
    ]);
    expect(failed.nodes.filter(({status}) => status !== "built" && status !== "current").map(({name}) => name)).toEqual(
      ["derived.loyal"]
    );
    shop.remove("models/loyal.sql");
    expect((await run()).failedAudiences).toEqual([
      {audience: "loyal", reason: "audiences/loyal.yaml: no model makes a table derived.loyal"}
    ]);
    expect(await sizes()).toMatchObject({loyal: 2, gold: 2});
  });

  it("is refused with all others before anything runs where somebody has just written it", async () => {
    await run();
    shop.write("audiences/coded.yaml", "name: Coded\nrule: {attribute: coed, is: B2}\n");
    await expect(run()).rejects.toThrow('audiences/coded.yaml:2: rule: unknown attribute "coed": did you mean "code"?');
    shop.write("audiences/coded.yaml", "name: Coded\nrule: {attribute: code, is: B2}\n");
    shop.write("audiences/gold.yaml", 'name: Gold\nschedule: "61 * * * *"\nrule: {attribute: tier, is: gold}\n');
    await expect(run()).rejects.toThrow("audiences/gold.yaml:2: schedule");
  });
});

describe("a workspace that begins with a past", () => {
  it("has a history of its audiences' sizes once it was refreshed day by day, the oldest first", async () => {
    for (const day of ["2024-01-01", "2024-01-02"]) {
      expect((await tenfoldHere("refresh", "--as-of", day, "--data", shop.root)).code).toBe(0);
    }
    shop.write("audiences/buyers.yaml", "name: Buyers\nrule: {metric: spend, lookback: lifetime, more_than: 0}\n");
    for (const day of ["2024-01-03", "2024-01-04"]) {
      expect((await tenfoldHere("refresh", "--as-of", day, "--data", shop.root)).code).toBe(0);
    }
    const sizes = await shop.look((database) =>
      database.rows(
        `select audience_id as id, date::varchar as date, profiles, entered from derived.audience_sizes
         where audience_id in ('buyers', 'gold') order by all`
      )
    );
    expect(sizes).toEqual([
      {id: "buyers", date: "2024-01-03", profiles: 2, entered: 2},
      {id: "buyers", date: "2024-01-04", profiles: 3, entered: 1},
      {id: "gold", date: "2024-01-01", profiles: 2, entered: 2},
      {id: "gold", date: "2024-01-02", profiles: 2, entered: 0},
      {id: "gold", date: "2024-01-03", profiles: 2, entered: 0},
      {id: "gold", date: "2024-01-04", profiles: 2, entered: 0}
    ]);
  });
});

describe("records that are lost", () => {
  it("are missed by the next refresh: it says so, and evaluates every audience again", async () => {
    await run();
    const before = await sizes();
    rmSync(join(shop.root, "warehouse/records.duckdb"));
    const report = await run();
    expect(report.recordsLost).toBe(true);
    expect(warnings.at(-1)).toMatch(/records\.duckdb is gone, or older than the warehouse: .*restore it from a backup/);
    expect(await sizes()).toEqual(before);
    expect(await shop.look((database) => database.rows("select profiles, entered from derived.audience_sizes where audience_id = 'gold'"))).toEqual([{profiles: 2, entered: 2}]); // prettier-ignore
    const {stdout} = await tenfoldHere("query", "select count(*) as n from derived.audience_counts where profiles > 0", "--data", shop.root, "--format", "csv"); // prettier-ignore
    expect(stdout.trim()).toBe("n\n5");
    const quiet = await run();
    expect([quiet.recordsLost, quiet.nodes.filter(({status}) => status === "built")]).toEqual([false, []]);
  });

  it("are followed without a change of the warehouse where a refresh finds nothing new", async () => {
    await run();
    const bytes = () => readFileSync(join(shop.root, "warehouse/tenfold.duckdb"));
    const before = bytes();
    await run();
    expect(bytes().equals(before)).toBe(true);
  });

  it("are missed, too, where an older copy of them was put back", async () => {
    const file = join(shop.root, "warehouse/records.duckdb");
    await run();
    copyFileSync(file, `${file}.backup`);
    shop.write(
      "landing/members/members.csv",
      "email,tier,code\na@x.org,gold,A1\nb@x.org,silver,B2\nc@x.org,silver,C3\n"
    );
    await run();
    expect(await sizes()).toMatchObject({gold: 1});
    copyFileSync(`${file}.backup`, file);
    expect((await run()).recordsLost).toBe(true);
    expect(await sizes()).toMatchObject({gold: 1});
  });
});
