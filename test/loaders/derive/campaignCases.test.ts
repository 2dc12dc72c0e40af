import {afterAll, beforeAll, expect, it} from "vitest";
import {wilson} from "../../../lib/stats/wilson.js";
import {testWarehouse, type TestEvent, type TestWarehouse} from "../../warehouse.js";
import {build} from "./build.js";

const people = (prefix: string, n: number) => Array.from({length: n}, (_, i) => `${prefix}${i}`);
const assigned = (campaign: string, arm: string, person: string): TestEvent[] => [
  {type: "campaign.assigned", time: "2024-03-01T08:00:00Z", profile: person, campaign, properties: {arm}},
  ...(arm === "holdout" ? [] : [{type: "email.sent", time: "2024-03-01T08:00:00Z", profile: person, campaign}])
];
const order = (profile: string, day: string, value = 80): TestEvent => ({type: "commerce.purchase", time: `2024-${day}T12:00:00Z`, profile, value}); // prettier-ignore
const profit = {cost_per_send: 0.05, margin: 0.3};
const arms = {mail: {share: 2}, holdout: {share: 1, holdout: true}};

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await testWarehouse({
    properties: {arm: "VARCHAR"},
    workspace: {history: 2},
    campaigns: {
      plain: {arms: {mail: {share: 1}}, ...profit},
      held: {arms: {holdout: {share: 1, holdout: true}}, ...profit},
      three: {arms, ...profit},
      one: {arms, ...profit}
    },
    events: [
      ...people("p", 40).flatMap((person) => assigned("plain", "mail", person)),
      ...people("h", 40).flatMap((person) => assigned("held", "holdout", person)),
      ...people("t", 200).flatMap((person) => assigned("three", "mail", person)),
      ...people("c", 100).flatMap((person) => assigned("three", "holdout", person)),
      ...assigned("one", "mail", "solo"),
      ...[...people("p", 40), ...people("h", 40), ...people("t", 200), ...people("c", 100)].map((person, i) => order(person, "01-10", 10 + i)), // prettier-ignore
      // Three conversions, two of those mailed and one of those held out.
      ...["t0", "t1", "c0"].map((person) => order(person, "03-04")),
      order("p0", "03-04"),
      order("h0", "04-20")
    ]
  });
  expect((await build(warehouse, "2024-05-01T00:00:00Z")).filter(({status}) => status !== "built")).toEqual([]);
}, 120_000);
afterAll(() => warehouse.close());

const rows = (sql: string) => warehouse.database.rows<Record<string, number | string | null>>(sql);

it("a campaign with no holdout, one with everybody held out and one of one person have no comparison, and fail nothing", async () => {
  for (const table of ["lift", "lift_by_decile", "campaign_profit"]) {
    expect(await rows(`select distinct campaign_id from derived.${table}`), table).toEqual([{campaign_id: "three"}]);
  }
  expect(
    await rows(
      "select campaign_id, arm, count_assigned as assigned, count_sent as sent, count_converted as bought from derived.campaign_summary where campaign_id <> 'three' order by all"
    )
  ).toEqual([
    {campaign_id: "held", arm: "holdout", assigned: 40, sent: 0, bought: 0},
    {campaign_id: "one", arm: "*", assigned: 1, sent: 1, bought: 0},
    {campaign_id: "one", arm: "mail", assigned: 1, sent: 1, bought: 0},
    {campaign_id: "plain", arm: "*", assigned: 40, sent: 40, bought: 1},
    {campaign_id: "plain", arm: "mail", assigned: 40, sent: 40, bought: 1}
  ]);
});

it("three conversions have a wide interval that holds zero, no ratio, and no profit that could be told", async () => {
  const [rate] = await rows("from derived.lift where measure = 'conversion' and window_days = 14");
  expect(rate).toMatchObject({n_treated: 200, n_control: 100, events_treated: 2, events_control: 1, difference: 0, relative: null, is_sample_ratio_ok: true}); // prettier-ignore
  // Newcombe's hybrid of the two Wilson intervals, both rates 1%.
  const [treated, control] = [wilson(2, 200), wilson(1, 100)];
  expect(rate!.lower).toBeCloseTo(-Math.hypot(0.01 - treated.lower, control.upper - 0.01), 12);
  expect(rate!.upper).toBeCloseTo(Math.hypot(treated.upper - 0.01, 0.01 - control.lower), 12);
  const [earned] = await rows("from derived.campaign_profit where window_days = 14");
  expect(earned!.profit).toBeCloseTo(-10, 9);
  expect(earned!.lower as number).toBeLessThan(-10);
  expect(earned!.upper as number).toBeGreaterThan(0);
});
