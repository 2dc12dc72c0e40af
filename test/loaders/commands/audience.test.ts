import {rmSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {tenfoldHere} from "./inProcess.js";
import {openShop, type Shop} from "./shop.js";

const asOf = "2024-01-05T00:00:00.000Z";
let shop: Shop;
const audience = (...args: string[]) => tenfoldHere("audience", ...args, "--data", shop.root);
const json = async (...args: string[]) => {
  const {code, stdout, stderr} = await audience(...args, "--json");
  return {code, stderr, body: JSON.parse(stdout)};
};
const text = (id: string) => shop.read(`audiences/${id}.yaml`);

beforeAll(async () => {
  shop = openShop({
    "audiences/gold.yaml": "# the good ones\nname: Gold\nrule: {attribute: tier, is: gold} # as told\n",
    "audiences/spenders.yaml":
      "name: Spenders\nrule: {metric: spend, lookback: lifetime, at_least: 20}\nsplit: {arms: {a: {percent: 50}, b: {percent: 50}}}\n",
    "audiences/rich-gold.yaml":
      "name: Rich gold\nstate: draft\nrule:\n  all:\n    - {audience: gold}\n    - {metric: spend, lookback: lifetime, at_least: 15}\n",
    // Names that a table of JavaScript, YAML or SQL would take for something else.
    "audiences/constructor.yaml": "name: Odd one\nrule: {attribute: tier, is: silver}\n",
    "audiences/null.yaml": 'name: "null"\nstate: inactive\nrule: {attribute: tier, is: gold}\n',
    "audiences/1e3.yaml": `name: "O'Neil; drop table x"\nrule: {attribute: code, in: ["D4", "'; --"]}\n`
  });
  const {code, stderr} = await tenfoldHere("refresh", "--data", shop.root);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("failed")]);
});
afterAll(() => shop.close());

describe("tenfold audience list", () => {
  it("gives every audience's state, size, change and use as one document", async () => {
    const {code, body, stderr} = await json("list");
    expect([code, stderr, body.not_refreshed]).toEqual([0, "", []]);
    const rows = body.audiences as Record<string, unknown>[];
    expect(rows.map(({audience_id, state, profiles, change}) => [audience_id, state, profiles, change])).toEqual([
      ["1e3", "published", 1, null],
      ["constructor", "published", 1, null],
      ["gold", "published", 2, null],
      ["null", "inactive", 0, null],
      ["rich-gold", "draft", 1, null],
      ["spenders", "published", 2, null]
    ]);
    expect(rows[2]).toMatchObject({
      name: "Gold",
      kind: "rule",
      version: 1,
      sentence: "Customers whose tier is “gold”.",
      rule: '{"attribute":"tier","is":"gold"}',
      share: 0.5,
      value: 30,
      base_profiles: 4,
      evaluated_as_of: asOf,
      failure: null,
      used_by: ["audience:rich-gold"]
    });
  });

  it("is a table for people, and names what no refresh has seen", async () => {
    shop.write("audiences/new.yaml", "name: New\nrule: {attribute: tier, is: gold}\n");
    const {code, stdout} = await audience("list");
    shop.remove("audiences/new.yaml");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^audience +name +state +customers +change +last run for +used by$/m);
    expect(stdout).toMatch(/^gold +Gold +published +2 +2024-01-04 +audience:rich-gold$/m);
    expect(stdout).toMatch(/^1e3 +O'Neil; drop table x +published +1 /m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("not refreshed yet: new");
  });
});

describe("tenfold audience members", () => {
  it("gives surrogate ids, arms and the reason of everybody who is in", async () => {
    const {code, body} = await json("members", "spenders");
    expect(code).toBe(0);
    expect(body).toHaveLength(2);
    for (const member of body) {
      expect(member).toEqual({
        profile_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{13}$/),
        arm: expect.stringMatching(/^[ab]$/),
        entered_at: asOf,
        reason: "first_run"
      });
    }
  });

  it("writes every row as CSV, cuts a table where asked and says so, and looks back", async () => {
    const csv = (await audience("members", "gold", "--format", "csv")).stdout.trimEnd().split("\n");
    expect([csv.length, csv[0]]).toEqual([3, "profile_id,arm,entered_at,reason"]);
    expect((await audience("members", "gold", "--limit", "1")).stdout).toContain("showing 1 of 2 members");
    expect((await json("members", "gold", "--at", "2024-01-03")).body).toEqual([]);
    expect((await json("members", "gold", "--at", "2024-01-04")).body).toHaveLength(2);
    expect((await json("members", "constructor")).body).toHaveLength(1);
    expect((await json("members", "null")).body).toEqual([]);
  });

  it.each([
    [["members", "godl"], 1, 'unknown audience "godl": did you mean "gold"?'],
    [["members", "gold", "--at", "2024-02-30"], 2, "--at 2024-02-30: expected a date such as 2026-03-31"],
    [["members", "gold", "--format", "xml"], 2, "--format xml: expected table or csv"],
    [["members", "gold", "--limit", "-1"], 2, "--limit"],
    [["members"], 2, "missing AUDIENCE"],
    [["members", "gold", "b@x.org"], 2, 'unexpected argument "b@x.org"'],
    [["constructor"], 2, 'unknown action "constructor"'],
    [["mebers", "gold"], 2, 'unknown action "mebers": did you mean "members"?']
  ])("audience %j ends with %i", async (args, code, message) => {
    const called = await audience(...args);
    expect([called.code, called.stdout]).toEqual([code, ""]);
    expect(called.stderr).toContain(message);
  });
});

describe("tenfold audience explain", () => {
  it("says which conditions hold, with the value found, and the stays", async () => {
    const {code, body} = await json("explain", "rich-gold", "B@x.org");
    expect(code).toBe(0);
    expect(body).toMatchObject({audience: "rich-gold", asOf, isMember: true, arm: null, stays: []});
    expect(body.profileId).toMatch(/^[0-9A-HJKMNP-TV-Z]{13}$/);
    expect(body.nodes.map(({depth, holds, value}: Record<string, unknown>) => [depth, holds, value])).toEqual([
      [0, true, undefined],
      [1, true, undefined],
      [1, true, 20]
    ]);
    const {body: gold} = await json("explain", "gold", body.profileId);
    expect(gold.stays).toEqual([
      {arm: null, entered_at: asOf, reason: "first_run", left_at: null, left_reason: null, version: 1}
    ]);
    const {stdout} = await audience("explain", "rich-gold", "a@x.org");
    expect(stdout).toMatch(/^[0-9A-Z]{13} is not in rich-gold, as of 2024-01-05/);
    expect(stdout).toContain("✗ Customers whose spend over their lifetime is at least 15 EUR. (10)");
  });

  it("does not know people and audiences that are not there, whatever they are called", async () => {
    for (const person of ["nobody@x.org", "'; drop table core.profiles; --", "0", "%"]) {
      const {code, stderr} = await audience("explain", "gold", person);
      expect([person, code]).toEqual([person, 1]);
      expect(stderr).toContain(person);
    }
    expect((await audience("explain", "toString", "a@x.org")).stderr).toContain('unknown audience "toString"');
  });
});

describe("tenfold audience preview", () => {
  it("counts a file that is not saved, exactly", async () => {
    shop.write("try/rich.yaml", "name: Rich\nrule: {metric: spend, lookback: lifetime, more_than: 10}\n");
    const {code, body} = await json("preview", join(shop.root, "try/rich.yaml"));
    expect([code, body]).toMatchObject([0, {count: 2, value: 50, asOf, method: "exact"}]);
    const {body: detailed} = await json("preview", join(shop.root, "audiences/spenders.yaml"), "--detail");
    expect(detailed.arms.reduce((sum: number, {count}: {count: number}) => sum + count, 0)).toBe(2);
    const {stdout} = await audience("preview", join(shop.root, "try/rich.yaml"));
    expect(stdout).toContain("2 of 4 customers (50.0%), spend over lifetime 50 (83.3%)");
  });

  it("says how many each part of a rule keeps, nested ones and steps of a sequence too", async () => {
    shop.write(
      "try/parts.yaml",
      `name: Parts
rule:
  all:
    - {metric: spend, lookback: lifetime, more_than: 0}
    - name: precious
      any: [{attribute: tier, is: gold}, {metric: spend, lookback: lifetime, at_least: 30}]
    - sequence: [{event: commerce.purchase}, {no_event: commerce.purchase, where: {field: value, at_least: 25}}, {event: commerce.purchase}]
`
    );
    const {code, body} = await json("preview", join(shop.root, "try/parts.yaml"), "--detail");
    expect(code).toBe(0);
    expect(body.funnel).toEqual([
      {place: "rule", says: "all of these", depth: 0, count: 0},
      {place: "rule.all[1]", says: "whose spend over their lifetime is more than 0 EUR", depth: 1, count: 3, left: 3},
      {place: "rule.all[2]", says: "precious", depth: 1, count: 3, left: 3},
      {place: "rule.all[2].any[1]", says: "whose tier is “gold”", depth: 2, count: 2},
      {place: "rule.all[2].any[2]", says: "whose spend over their lifetime is at least 30 EUR", depth: 2, count: 1},
      {place: "rule.all[3]", says: expect.stringContaining("purchase"), depth: 1, count: 0, left: 0, reached: {1: 3}}
    ]);
    const {stdout} = await audience("preview", join(shop.root, "try/parts.yaml"));
    expect(stdout).toMatch(/^part of the rule +by itself +left$/m);
    expect(stdout).toMatch(/^ {2}precious +3 +3$/m);
    expect(stdout).toMatch(/^ {4}whose tier is “gold” +2 *$/m);
    expect(stdout).toContain("(3 as far as step 1)");
  });

  it("names file, line and place of every mistake, and the file that is not there", async () => {
    const file = join(shop.root, "try/wrong.yaml");
    shop.write(
      "try/wrong.yaml",
      "name: Wrong\nrule:\n  all:\n    - {attribute: teir, is: gold}\n    - {audience: godl}\n"
    );
    const {code, body} = await json("preview", file);
    expect(code).toBe(2);
    expect(body.mistakes).toEqual([
      {file, line: 4, path: "rule.all.0", message: 'rule.all[1]: unknown attribute "teir": did you mean "tier"?'},
      {
        file,
        line: 5,
        path: "rule.all.1",
        message: expect.stringContaining('unknown audience "godl": did you mean "gold"?')
      }
    ]);
    const none = await audience("preview", join(shop.root, "try/none.yaml"));
    expect([none.code, none.stderr]).toEqual([1, `tenfold: no such file: ${join(shop.root, "try/none.yaml")}\n`]);
    const folder = await audience("preview", shop.root);
    expect([folder.code, folder.stderr]).toEqual([1, expect.stringContaining("EISDIR")]);
  });
});

describe("tenfold audience evaluate, publish, deactivate, delete", () => {
  it("evaluates one audience or all, and prints their sizes", async () => {
    expect(await json("evaluate", "gold")).toMatchObject({
      code: 0,
      body: {asOf, audiences: [{audience_id: "gold", profiles: 2, entered: 2, left: 0}]}
    });
    expect((await json("evaluate")).body.audiences).toHaveLength(6);
    expect(await audience("evaluate", "godl")).toMatchObject({
      code: 1,
      stderr: 'tenfold: unknown audience "godl": did you mean "gold"?\n'
    });
  });

  it("takes an audience through its life, file and ledger", async () => {
    expect(await json("publish", "rich-gold")).toMatchObject({
      code: 0,
      body: {audience: "rich-gold", from: "draft", to: "published"}
    });
    expect(text("rich-gold")).toContain("state: published");
    const again = await audience("publish", "rich-gold");
    expect([again.code, again.stderr]).toEqual([
      1,
      'tenfold: audience "rich-gold" is published: only draft or inactive ones can be published\n'
    ]);
    const inUse = await json("deactivate", "gold");
    expect([inUse.code, inUse.body.error]).toEqual([
      1,
      'audience "gold" is in use, so it cannot be deactivated: audience rich-gold (audiences/rich-gold.yaml)'
    ]);
    expect((await audience("deactivate", "rich-gold")).code).toBe(0);
    expect((await audience("delete", "rich-gold")).stdout).toBe(
      'audience "rich-gold" was inactive and is deleted: the next refresh ends its stays\n'
    );
    expect((await audience("delete", "rich-gold")).stderr).toContain('unknown audience "rich-gold"');
    expect((await audience("deactivate", "constructor")).code).toBe(0);
    expect((await tenfoldHere("refresh", "--data", shop.root)).code).toBe(0);
    expect((await json("members", "constructor", "--at", "2024-01-04")).body).toEqual([]);
    expect((await json("list")).body.audiences).toHaveLength(5);
  });
});

describe("before the first refresh", () => {
  it("every action that reads says what to run", async () => {
    const empty = openShop({"audiences/gold.yaml": "name: Gold\nrule: {attribute: tier, is: gold}\n"});
    rmSync(join(empty.root, "warehouse"), {recursive: true, force: true});
    const file = join(empty.root, "audiences/gold.yaml");
    for (const args of [["list"], ["members", "gold"], ["explain", "gold", "a@x.org"], ["preview", file]]) {
      const {code, stderr} = await tenfoldHere("audience", ...args, "--data", empty.root);
      expect([args, code, stderr]).toEqual([args, 1, expect.stringMatching(/run `npx tenfold refresh --data \S+`/)]);
    }
    empty.close();
  });
});
