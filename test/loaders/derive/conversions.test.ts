import {describe, expect, it} from "vitest";
import {profileId} from "../../warehouse.js";
import {assigned, build, mail, order, refund} from "./campaignEvents.js";

describe("activation.conversions", () => {
  it("credit an order once, to the last delivered mail whose window holds it", async () => {
    const database = await build("activation.conversions", [
      mail("sent", "02T09:00:00", "ann", {campaign: "first"}),
      mail("sent", "05T09:00:00", "ann", {campaign: "second"}),
      mail("sent", "06T09:00:00", "ann", {campaign: "bounced"}),
      mail("bounced", "06T09:00:01", "ann", {campaign: "bounced"}),
      order("02T08:59:59", "ann", 1),
      order("02T09:00:00", "ann", 2),
      order("05T08:59:59", "ann", 4),
      order("05T09:00:00", "ann", 8),
      order("07T00:00:00", "ann", 16),
      order("12T08:59:59", "ann", 32),
      order("12T09:00:00", "ann", 64),
      order("07T00:00:00", "bob", 128)
    ]);
    expect(
      await database.rows(
        `select campaign_id, sum(amount) as amount, count(*) filter (is_first) as firsts, max(hour_since_send) as hour
         from activation.conversions group by all order by all`
      )
    ).toEqual([
      {campaign_id: "first", amount: 6, firsts: 1, hour: 71},
      {campaign_id: "second", amount: 56, firsts: 1, hour: 72}
    ]);
  });

  it("take a refund off its order's mail, and one without an order's name off the last while the window is open", async () => {
    const database = await build("activation.conversions", [
      ...["ann", "bob", "cid", "dan"].map((person) => mail("sent", "02T09:00:00", person)),
      order("03T00:00:00", "ann", 100, {order_id: "o1"}),
      refund("30T00:00:00", "ann", 30, {order_id: "o1"}),
      refund("04T00:00:00", "ann", 7, {order_id: "another"}),
      order("03T00:00:00", "bob", 100),
      refund("05T00:00:00", "bob", 10),
      refund("20T00:00:00", "bob", 50),
      refund("05T00:00:00", "cid", 10),
      refund("02T10:00:00", "dan", 10),
      order("03T00:00:00", "dan", 100)
    ]);
    const rows = await database.rows<{profile_id: bigint; amount: number}>(
      "select profile_id, sum(amount) as amount from activation.conversions group by 1"
    );
    const amount = (person: string) => rows.find((row) => BigInt(row.profile_id) === profileId(person))?.amount;
    expect(["ann", "bob", "cid", "dan"].map(amount)).toEqual([70, 90, undefined, 100]);
  });
});

describe("derived.lift", () => {
  it("compares everybody assigned with everybody held out, over windows from the assignment on", async () => {
    const people = (prefix: string, n: number) => Array.from({length: n}, (_, i) => `${prefix}${i}`);
    const database = await build(
      "derived.lift",
      [
        ...people("a", 40).map((person) => assigned("01T00:00:00", person, "a")),
        ...people("b", 40).map((person) => assigned("01T00:00:00", person, "b")),
        ...people("h", 80).map((person) => assigned("01T00:00:00", person, "holdout")),
        ...people("a", 20).map((person) => order("02T00:00:00", person, 10)),
        ...people("a", 20).map((person) => order("20T00:00:00", person, 10)),
        ...people("b", 10).map((person) => order("07T23:59:59", person, 10)),
        ...people("h", 10).map((person) => order("08T00:00:00", person, 10)),
        ...people("a", 4).map((person) => refund("03T00:00:00", person, 10))
      ],
      {
        campaigns: {
          spring: {windows: [7, 60], arms: {a: {share: 1}, b: {share: 1}, holdout: {share: 2, holdout: true}}}
        }
      }
    );
    const rows = await database.rows(
      `select arm, measure, window_days as days, n_treated, n_control, events_treated as buyers, sum_treated as sum,
         treated, control, is_complete, round(sample_ratio_p, 6) as p
       from derived.lift where arm <> 'b' or measure = 'conversion' order by all`
    );
    const all = {n_control: 80, p: 1};
    const week = {...all, days: 7, control: 0, is_complete: true};
    const later = {...all, days: 60, is_complete: false};
    expect(rows).toEqual([
      {...week, arm: "*", measure: "conversion", n_treated: 80, buyers: 30, sum: 30, treated: 0.375},
      {...later, arm: "*", measure: "conversion", n_treated: 80, buyers: 30, sum: 30, treated: 0.375, control: 0.125},
      {...week, arm: "*", measure: "revenue", n_treated: 80, buyers: 30, sum: 260, treated: 3.25},
      {...later, arm: "*", measure: "revenue", n_treated: 80, buyers: 30, sum: 460, treated: 5.75, control: 1.25},
      {...week, arm: "a", measure: "conversion", n_treated: 40, buyers: 20, sum: 20, treated: 0.5},
      {...later, arm: "a", measure: "conversion", n_treated: 40, buyers: 20, sum: 20, treated: 0.5, control: 0.125},
      {...week, arm: "a", measure: "revenue", n_treated: 40, buyers: 20, sum: 160, treated: 4},
      {...later, arm: "a", measure: "revenue", n_treated: 40, buyers: 20, sum: 360, treated: 9, control: 1.25},
      {...week, arm: "b", measure: "conversion", n_treated: 40, buyers: 10, sum: 10, treated: 0.25},
      {...later, arm: "b", measure: "conversion", n_treated: 40, buyers: 10, sum: 10, treated: 0.25, control: 0.125}
    ]);
  });

  it("says so when the arms are not as large as meant", async () => {
    const database = await build(
      "derived.lift",
      [
        ...Array.from({length: 60}, (_, i) => assigned("01T00:00:00", `a${i}`, "a")),
        ...Array.from({length: 10}, (_, i) => assigned("01T00:00:00", `h${i}`, "holdout"))
      ],
      {campaigns: {spring: {arms: {a: {share: 1}, holdout: {share: 1, holdout: true}}}}}
    );
    expect(await database.rows("select distinct is_sample_ratio_ok as ok from derived.lift")).toEqual([{ok: false}]);
  });
});

describe("a workspace without campaigns", () => {
  it("has every table, empty, whatever its sources declare", async () => {
    const database = await build("insights.fact_email_response", [order("01T00:00:00", "ann", 5)], {properties: {}});
    expect(await database.value("select count(*) from insights.fact_email_response")).toBe(0);
    expect(await database.rows("from insights.dim_audience")).toEqual([
      {audience_id: "(none)", name: "No audience", is_saved: false}
    ]);
  });
});
