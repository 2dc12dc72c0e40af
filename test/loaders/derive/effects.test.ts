import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {profileId, testWarehouse, type TestEvent, type TestWarehouse} from "../../warehouse.js";
import {build} from "./build.js";

const assignedAt = "2024-03-01T08:00:00Z";
const people = (prefix: string, n: number) => Array.from({length: n}, (_, i) => `${prefix}${i}`);
const order = (day: string, profile: string, value: number): TestEvent => ({
  type: "commerce.purchase",
  time: `2024-${day}T12:00:00Z`,
  profile,
  value
});
const assigned = (profile: string, arm: string, campaign = "spring"): TestEvent[] => [
  {type: "campaign.assigned", time: assignedAt, profile, campaign, properties: {arm}},
  ...(arm === "holdout" ? [] : [{type: "email.sent", time: assignedAt, profile, campaign}])
];

/** 200 people mailed and 200 held out, alike before: everybody's spend before is their number; mailed people buy more. */
const mailed = people("m", 200);
const held = people("h", 200);
const events: TestEvent[] = [
  ...mailed.flatMap((person) => assigned(person, "mail")),
  ...held.flatMap((person) => assigned(person, "holdout")),
  ...[mailed, held].flatMap((group) => group.map((person, i) => order("02-20", person, 10 + i))),
  ...mailed.map((person, i) => order("03-05", person, 20 + i)),
  ...held.map((person, i) => order("03-05", person, 10 + i)),
  // Half of the mailed people got another campaign's mail, none of those held out.
  ...mailed
    .slice(0, 100)
    .map((profile) => ({type: "email.sent", time: "2024-03-10T08:00:00Z", profile, campaign: "may"})),
  // In June every other mailed person and every fourth held out buys again.
  ...mailed.filter((_, i) => i % 2 === 0).map((person) => order("06-20", person, 50)),
  ...held.filter((_, i) => i % 4 === 0).map((person) => order("06-20", person, 50))
];

let warehouse: TestWarehouse;

beforeAll(async () => {
  warehouse = await testWarehouse({
    properties: {arm: "VARCHAR", audience: "VARCHAR", order_id: "VARCHAR", bounce_type: "VARCHAR"},
    events,
    workspace: {history: 4, lookbacks: ["1 month"]},
    campaigns: {
      spring: {
        sent_at: assignedAt,
        windows: [7, 14],
        cost_per_send: 0.5,
        margin: 0.4,
        ranked_by: {lookback: "1 month"}
      }
    }
  });
  const reports = await build(warehouse, "2024-07-01T00:00:00Z");
  expect(reports.filter(({status}) => status !== "built").map(({name, error}) => ({name, error}))).toEqual([]);
});

afterAll(() => warehouse?.close());

const rows = (sql: string) => warehouse.database.rows<Record<string, unknown>>(sql);

describe("derived.campaign_heads", () => {
  it("counts as long a time before the assignment as after it, an event at its instant after", async () => {
    expect(
      await rows(`select window_days, amount, amount_before from derived.campaign_heads
                  where profile_id = ${profileId("m7")} and measure = 'revenue' order by window_days`)
    ).toEqual([
      {window_days: 7, amount: 27, amount_before: 0},
      {window_days: 14, amount: 27, amount_before: 17}
    ]);
  });
});

describe("derived.lift", () => {
  it("adjusts by what was known before, checks by resampling, and compares the time before", async () => {
    const [row] = await rows("from derived.lift where measure = 'revenue' and window_days = 14");
    const of = (name: string) => row![name] as number;
    expect(of("difference")).toBeCloseTo(10, 9);
    expect(of("adjusted_difference")).toBeCloseTo(10, 9);
    expect(of("variance_removed")).toBeGreaterThan(0.99);
    expect(of("adjusted_upper") - of("adjusted_lower")).toBeLessThan((of("upper") - of("lower")) / 10);
    expect(of("before_difference")).toBe(0);
    expect(of("before_p")).toBe(1);
    expect(Math.abs(of("bootstrap_lower") - of("lower"))).toBeLessThan(2);
    expect(Math.abs(of("bootstrap_upper") - of("upper"))).toBeLessThan(2);
    expect(of("winsorised_difference")).toBeCloseTo(10, 0);
  });

  it("knows nothing before where nothing was done before", async () => {
    expect(
      await rows(`select adjusted_difference, before_difference, bootstrap_lower from derived.lift
                  where measure = 'conversion' and window_days = 7`)
    ).toEqual([{adjusted_difference: null, before_difference: null, bootstrap_lower: null}]);
  });
});

describe("derived.lift_by_decile", () => {
  it("compares within each decile at send, with a joint test and corrected p-values", async () => {
    const deciles = await rows(
      "from derived.lift_by_decile where measure = 'revenue' and window_days = 14 order by bucket"
    );
    expect(deciles.map(({bucket}) => bucket)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const row of deciles) {
      expect([row.n_treated, row.n_control]).toEqual([20, 20]);
      expect(row.difference).toBeCloseTo(10, 9);
      // The same everywhere: nothing to keep apart.
      expect(row.shrunk).toBeCloseTo(10, 9);
      expect(row.joint_p).toBeCloseTo(1, 9);
      expect(row.p_adjusted as number).toBeGreaterThanOrEqual(row.p_value as number);
    }
  });
});

describe("derived.campaign_profit", () => {
  it("is the difference times people and margin, less the mails", async () => {
    const [row] = await rows("from derived.campaign_profit where window_days = 14");
    expect(row).toMatchObject({arm: "mail", mails: 200, cost: 100, revenue: 2000, is_margin_given: true});
    expect(row!.profit).toBeCloseTo(2000 * 0.4 - 100, 9);
    expect(row!.break_even).toBeCloseTo(1.25, 9);
    expect(row!.lower as number).toBeLessThan(row!.profit as number);
  });

  it("says nothing of campaigns that name neither cost nor margin", async () => {
    expect(await rows("select distinct campaign_id from derived.campaign_profit")).toEqual([{campaign_id: "spring"}]);
  });
});

describe("derived.campaign_overlap", () => {
  it("shows another campaign that only one arm got", async () => {
    const overlaps = await rows(
      `select arm, other_campaign_id as other, n, overlapping, share, p_value < 1e-9 as is_unlike
       from derived.campaign_overlap where campaign_id = 'spring' order by arm`
    );
    expect(overlaps).toEqual([
      {arm: "holdout", other: "may", n: 200, overlapping: 0, share: 0, is_unlike: true},
      {arm: "mail", other: "may", n: 200, overlapping: 100, share: 0.5, is_unlike: true}
    ]);
  });
});

describe("derived.campaign_value_change", () => {
  it("is empty where nothing is forecast", async () => {
    expect(await rows("from derived.campaign_value_change")).toEqual([]);
  });
});

describe("derived.campaign_moves", () => {
  it("counts who rose after the send and who of them is still better now, beside the people held out", async () => {
    const moves = await rows(
      `select arm, n, rose, fell, held, from_as_of, to_as_of, held_as_of from derived.campaign_moves
       where campaign_id = 'spring' and ranking = 'decile' order by arm`
    );
    const instants = [new Date(assignedAt), new Date("2024-04-01T00:00:00Z"), new Date("2024-07-01T00:00:00Z")];
    const snapshots = await warehouse.database.rows<{profile_id: bigint; as_of: Date; bucket: number | null}>(
      "select profile_id, as_of, bucket from derived.decile_snapshots where metric = 'spend' and category = '*'"
    );
    const places = new Map(snapshots.map((row) => [`${row.profile_id} ${row.as_of.getTime()}`, row.bucket]));
    const expected = Object.entries({holdout: held, mail: mailed}).map(([arm, group]) => {
      const ranks = group.map((person) =>
        instants.map((instant) => places.get(`${profileId(person)} ${instant.getTime()}`) ?? Infinity)
      );
      const risen = ranks.filter(([before, after]) => after! < before!);
      return {
        arm,
        n: 200,
        rose: risen.length,
        fell: ranks.filter(([before, after]) => after! > before!).length,
        held: risen.filter(([before, , now]) => now! < before!).length,
        from_as_of: instants[0],
        to_as_of: instants[1],
        held_as_of: instants[2]
      };
    });
    expect(moves).toEqual(expected);
    expect(expected[1]!.held).toBeGreaterThan(0);
    const [difference] = await rows(
      "select kept_difference from derived.campaign_moves where campaign_id = 'spring' and ranking = 'decile' and arm = 'mail'"
    );
    expect(difference!.kept_difference).toBeCloseTo((expected[1]!.held - expected[0]!.held) / 200, 12);
  });
});
