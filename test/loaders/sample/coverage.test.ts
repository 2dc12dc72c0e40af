import {describe, expect, it} from "vitest";
import {lift} from "../../../lib/response/lift.js";
import {openDatabase} from "../../../loaders/engine/database.js";
import {draw} from "../../../loaders/sample/sample.js";
import {momentsOf} from "../../oracles/moments.js";

const seeds = 200;

interface Arm {
  campaign: string;
  arm: string;
  n: number;
  buyers: number;
  /** People who would have bought had this campaign caused nothing. */
  anyway: number;
  mean: number;
  deviation: number;
  /** The mean had this campaign caused nothing. */
  mean_anyway: number;
}

/** What each arm's people bought within a week, and what they would have bought without the mailing. */
const armsSql = `
  with heads as (
    select a.campaign, a.arm, a.member, coalesce(sum(p.amount * p.rate), 0)::double as amount,
      coalesce(sum(p.amount * p.rate) filter (p.campaign is distinct from a.campaign), 0)::double as amount_anyway,
      count(p.purchase) > 0 as bought,
      count(p.purchase) filter (p.campaign is distinct from a.campaign) > 0 as bought_anyway
    from assignments a
    left join purchases p
      on p.member = a.member
      and p.purchased_at >= a.sent_at - interval 1 hour and p.purchased_at < a.sent_at - interval 1 hour + interval 7 days
    group by all
  )
  select campaign, arm, count(*) as n, count(*) filter (bought) as buyers, count(*) filter (bought_anyway) as anyway,
    avg(amount) as mean, stddev_samp(amount) as deviation, avg(amount_anyway) as mean_anyway
  from heads group by campaign, arm order by campaign, arm`;

describe(`the sample's campaigns over ${seeds} seeds`, () => {
  it("hold their true lift within the 95% interval at that rate, and p-values are uniform where there is none", async () => {
    const held = {rate: 0, mean: 0};
    const nullP: number[] = [];
    let compared = 0;
    for (let seed = 1; seed <= seeds; ++seed) {
      const database = await openDatabase(":memory:", {threads: "1"});
      await draw(database, {customers: 1000, campaigns: 3, seed, zone: "Europe/Berlin", until: "purchases"});
      const arms = await database.rows<Arm>(armsSql);
      database.close();
      for (const treated of arms.filter(({arm}) => arm !== "holdout")) {
        const control = arms.find(({campaign, arm}) => campaign === treated.campaign && arm === "holdout")!;
        ++compared;
        const rate = lift("rate", people(treated), people(control));
        const truth = (treated.buyers - treated.anyway) / treated.n;
        if (rate.lower <= truth && truth <= rate.upper) ++held.rate;
        const mean = lift("mean", money(treated), money(control));
        const gain = treated.mean - treated.mean_anyway;
        if (mean.lower <= gain && gain <= mean.upper) ++held.mean;
        if (treated.campaign === "spring-newsletter") nullP.push(mean.p);
      }
    }
    expect(compared).toBe(4 * seeds);
    // 95% of 800 is 760, give or take 6; money of so few buyers is skewed, which costs Welch a little.
    expect(held.rate / compared).toBeGreaterThan(0.935);
    expect(held.mean / compared).toBeGreaterThan(0.925);
    // Kolmogorov and Smirnov's distance from uniform, its 1% bound.
    expect(distance(nullP)).toBeLessThan(1.628 / Math.sqrt(seeds));
  });
});

function people({n, buyers}: Arm) {
  return {n, events: buyers, sum: buyers, squares: buyers};
}

function money({n, mean, deviation, buyers}: Arm) {
  return {...momentsOf(n, mean, deviation), events: buyers};
}

function distance(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return Math.max(...sorted.map((p, i) => Math.max(p - i / n, (i + 1) / n - p)));
}
