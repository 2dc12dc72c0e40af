import {describe, expect, it} from "vitest";
import {audienceNodes} from "../../../loaders/audiences/audiences.js";
import {build, testWarehouse, testWorkspace} from "./fixture.js";

const gold = `
name: Gold, of some value
description: Who spends
rule:
  all:
    - {attribute: tier, is: gold}
    - {metric: spend, lookback: 12 months, more_than: 0}
`;
const unpublished = `
name: Says hello
rule: {attribute: note, is_ignoring_case: HELLO}
`;
const nobody = `
name: Nobody
rule: {attribute: tier, is: platinum}
`;

describe("audienceNodes(workspace)", () => {
  it("counts every saved audience exactly, with value, share and splits", async () => {
    const workspace = testWorkspace({gold, hello: unpublished, nobody});
    const database = await testWarehouse();
    await build(database, workspace, await audienceNodes(database, workspace));
    const counts = await database.rows("from derived.audience_counts");
    expect(counts.map(({audience_id, profiles, value, share}) => [audience_id, profiles, value, share])).toEqual([
      ["gold", 1, 100.1, 0.25],
      ["hello", 2, 100.1, 0.5],
      ["nobody", 0, 0, 0]
    ]);
    expect(counts[0]).toMatchObject({
      name: "Gold, of some value",
      sentence: "Customers whose tier is “gold” and whose spend over 12 months is more than 0 CAD.",
      metric: "spend",
      lookback: "12 months",
      base_profiles: 4,
      base_value: 160.3
    });
    expect(await database.rows("from derived.audience_splits where audience_id = 'hello'")).toEqual([
      {audience_id: "hello", category: "gold", decile: 1, profiles: 1, value: 100.1},
      {audience_id: "hello", category: "gold", decile: null, profiles: 1, value: 0}
    ]);
  });

  it("finds the many after an audience without members", async () => {
    const many = "name: Many\nrule: {attribute: score, is: 7}\n";
    const workspace = testWorkspace({nobody, quite_many: many, same: "name: Same\nrule: {audience: split}\n", split: `${many}split: {holdout: 50}\n`}); // prettier-ignore
    const database = await testWarehouse();
    await database.run(
      `set threads = 4;
       insert into core.profiles select 100 + i, timestamp '2025-01-01', timestamp '2026-01-01', null, null, 7, null, null
       from range(119984) as r(i)`
    );
    for (const node of await audienceNodes(database, workspace)) {
      await database.transaction(() => build(database, workspace, [node]));
      if (node.name === "derived.audience_now") break;
    }
    const counts = "select audience_id, count(*) as profiles from derived.audience_now group by all order by all";
    expect(await database.rows(counts)).toEqual([
      {audience_id: "quite_many", profiles: 119984},
      {audience_id: "same", profiles: 119984},
      {audience_id: "split", profiles: 119984}
    ]);
  });

  it("publishes one wide row per profile, without what is personal or not marked for rows", async () => {
    const workspace = testWorkspace();
    const database = await testWarehouse();
    await build(database, workspace, await audienceNodes(database, workspace));
    const [first, , , last] = await database.rows("from insights.segment_profiles");
    expect(first).toEqual({
      id: "0000000000001",
      category: "gold",
      tier: "gold",
      joined: "2020-02-29",
      score: 5,
      first_event_date: "2024-12-31",
      last_event_date: "2026-03-31",
      rfm: "champions",
      rfm__recency: 0,
      rfm__frequency: 4,
      rfm__monetary: 100.1,
      rfm__r: 5,
      rfm__f: 5,
      rfm__m: 5,
      spend__12_months: 100.1,
      spend__12_months__decile: 1,
      spend__lifetime: 100.1,
      spend__lifetime__decile: 1,
      orders__12_months: 4,
      orders__12_months__decile: 1,
      orders__lifetime: 4,
      orders__lifetime__decile: 1
    });
    expect(last).toMatchObject({spend__12_months: 0, spend__12_months__decile: null});
  });

  it("describes each column: how full, how many values, which are common, how they are spread", async () => {
    const workspace = testWorkspace();
    const database = await testWarehouse();
    await build(database, workspace, await audienceNodes(database, workspace));
    const fields = await database.rows("from insights.segment_fields");
    const field = (name: string) => fields.find(({column_name}) => column_name === name)!;
    expect(field("tier")).toMatchObject({
      kind: "attribute",
      label: "Tier",
      type: "string",
      share_filled: 0.75,
      distinct_values: 2,
      top_values: '[{"value":"gold","profiles":2},{"value":"silver","profiles":1}]'
    });
    expect(JSON.parse(field("score").quantiles as string).slice(-1)).toEqual([5]);
    expect(field("spend__12_months__decile")).toMatchObject({
      kind: "decile",
      name: "spend",
      lookback: "12 months",
      buckets: 2
    });
    expect(JSON.parse(field("joined").quantiles as string)[0]).toBe(Date.parse("2020-02-29") / 1000);
  });

  it("takes the most valuable category where categories belong to events", async () => {
    const workspace = testWorkspace({}, {category: {property: "route"}});
    const database = await testWarehouse();
    await build(database, workspace, await audienceNodes(database, workspace));
    const rows = await database.rows<{category: string}>("select category from insights.segment_profiles");
    expect(rows.map(({category}) => category)).toEqual(["gold", "(none)", "(none)", "(none)"]);
  });

  it("refuses a saved audience with every mistake, its line and the nearest name", async () => {
    const wrong = `name: Wrong
rule:
  all:
    - {attribute: teir, is: gold}
    - {metric: spend, lookback: 3 months, more_than: 0}
    - attribute: score
      at_least: "5"
`;
    const database = await testWarehouse();
    await expect(audienceNodes(database, testWorkspace({wrong}))).rejects.toThrow(
      [
        'audiences/wrong.yaml:4: rule.all[1]: unknown attribute "teir": did you mean "tier"?',
        'audiences/wrong.yaml:5: rule.all[2]: no metric "spend" over 3 months: there are 12 months, lifetime',
        'audiences/wrong.yaml:7: rule.all[3].at_least: score: not a number: "5"'
      ].join("\n")
    );
  });

  it("refuses a malformed rule at its own line", async () => {
    const wrong = "name: Wrong\nrule:\n  all:\n    - {attribute: tier, iss: gold}\n    - {attribute: tier}\n";
    const database = await testWarehouse();
    await expect(audienceNodes(database, testWorkspace({wrong}))).rejects.toThrow(
      /wrong.yaml:4: rule.all.0.iss: unknown operator "iss": did you mean "is"\?\n.*wrong.yaml:5: rule.all.1: no operator/
    );
  });
});
