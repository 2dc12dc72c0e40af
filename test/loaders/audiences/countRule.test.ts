import {afterAll, beforeAll, expect, test} from "vitest";
import type {Rule} from "../../../lib/rules/rule.js";
import {audienceNodes} from "../../../loaders/audiences/audiences.js";
import {countRule} from "../../../loaders/audiences/countRule.js";
import type {Database} from "../../../loaders/engine/database.js";
import {asOf, build, testWarehouse, testWorkspace} from "./fixture.js";

const type = "profile.updated";
const workspace = testWorkspace();
let database: Database;

/** How many events each of the four profiles has; the third has none. */
const events = {1: 4, 2: 1, 4: 2};

beforeAll(async () => {
  database = await testWarehouse();
  const times = Object.entries(events).flatMap(([id, n]) => Array.from({length: n}, (_, i) => `(${id}, ${i})`));
  await database.run(`
    alter table runs.versions add column as_of timestamp;
    insert into runs.versions (name, as_of) values ('derived.deciles', '${asOf.toISOString()}');
    insert into core.events by name
    select '${type}' as event_type, id::ubigint as profile_id, number as profile_number,
      timestamp '2026-01-01' + to_days(i::integer) as event_time, event_time::date as event_date, 10 as value
    from (values ${times.join(", ")}) as t(id, i) join landing.profile_numbers on profile_id = id`);
  await build(
    database,
    workspace,
    (await audienceNodes(database, workspace)).filter(({name}) => name === "derived.audience_base")
  );
});
afterAll(() => database.close());

const often: Rule = {event: type, at_least: 2};
const once: Rule = {event: type};
const gold: Rule = {attribute: "tier", is: "gold"};

test.each<[Rule, number[]]>([
  [often, [1, 4]],
  [once, [1, 2, 4]],
  [{event: type, sum: "value", more_than: 15}, [1, 4]],
  [{event: type, time: {before: "2026-01-01"}, at_least: 2}, []],
  [{event: type, at_most: 1}, [2, 3]],
  [{event: type, exists: false}, [3]],
  [{event: type, average: "value", at_least: 10}, [1, 2, 4]],
  [{all: [once, {event: type, is: 1}]}, [2]],
  [{any: [often, {event: type, at_least: 4}]}, [1, 4]],
  [{all: [often, {none: [{event: type, at_least: 4}]}]}, [4]],
  [{none: [often]}, [2, 3]],
  [{any: [often, gold]}, [1, 4]],
  [{all: [once, {attribute: "tier", is: "silver"}]}, [2]],
  [{all: [often, {event: type, at_most: 3}]}, [4]],
  [{sequence: [{event: type}, {event: type}]}, [1, 4]],
  [{all: [{sequence: [{event: type}, {event: type}]}, once]}, [1, 4]]
])("countRule(database, workspace, %j) counts by numbers what it counts by ids", async (rule, members) => {
  const {count, value, base, funnel, splits} = await countRule(database, workspace, rule);
  const worth = await database.value<number>(
    `select coalesce(sum(value), 0)::double from derived.audience_base where profile_id in (${[0, ...members].join(", ")})`
  );
  expect({count, value, base, ofSplits: splits.reduce((sum, {profiles}) => sum + profiles, 0)}).toEqual({
    count: members.length,
    value: worth,
    base: 4,
    ofSplits: members.length
  });
  expect(funnel.n0).toBe(members.length);
  await database.run("alter table derived.audience_base rename column profile_number to hidden");
  try {
    const plain = await countRule(database, workspace, rule);
    const sorted = (all: typeof splits) => all.map((split) => JSON.stringify(split)).sort();
    expect({...plain, splits: sorted(plain.splits)}).toMatchObject({
      count,
      value,
      base,
      funnel,
      splits: sorted(splits)
    });
  } finally {
    await database.run("alter table derived.audience_base rename column hidden to profile_number");
  }
});
