import {mkdirSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import {campaignPlan, parameters} from "./parameters.js";
import {partnerFiles} from "./partner.js";

/** What is true of the sample: what analyses of it should find, within their error. */
export interface Truth {
  seed: number;
  customers: number;
  campaigns: number;
  parameters: typeof parameters;
  /** Lines of each source, as written: `dirty` by what is wrong, `repeated` copies of clean ones. */
  sources: Record<string, {lines: number; clean: number; repeated: number; dirty: Record<string, number>}>;
  /** Purchases and their worth in the workspace's currency, dirty lines left out. */
  purchases: {count: number; value: number; buyers: number; caused: number};
  /** Flights and their miles; each has two postings, of which a dirty one may be refused. */
  flights: {count: number; miles: number; postings: number};
  arms: TrueArm[];
  partner: {file: string; rows: number; outcome: string; why: string}[];
}

/** One arm of a campaign: the chance given, and what came of it. */
export interface TrueArm {
  campaign: string;
  arm: string;
  /** Chance that a mail which arrives causes one purchase more. */
  effect: number;
  assigned: number;
  delivered: number;
  bounced: number;
  /** Purchases that the mailing caused, and their worth. */
  caused: number;
  caused_value: number;
  /** People who bought within seven days, and those of them who would not have. */
  converted: number;
  converted_because: number;
  human_openers: number;
  machine_openers: number;
}

/** Writes `truth/`: one JSON document, and each purchase and member as Parquet. No source reads this folder. */
export async function writeTruth(
  database: Database,
  out: string,
  {customers, campaigns, seed}: {customers: number; campaigns: number; seed: number}
): Promise<Truth> {
  const folder = join(out, "truth");
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  await database.run(`copy (
    select order_id, member_id, purchased_at, currency, amount, rate, (amount * rate)::decimal(18, 4) as value, campaign
    from purchases order by purchase
  ) to ${quoteText(join(folder, "purchases.parquet"))} (format parquet, compression zstd)`);
  await database.run(`copy (
    select member_id, joined_at, purchase_rate, drop_out_rate, lifetime, spend_scale, least(lapsed_at, getvariable('stop')) as active_until
    from members order by member
  ) to ${quoteText(join(folder, "members.parquet"))} (format parquet, compression zstd)`);
  const truth: Truth = {
    seed,
    customers,
    campaigns,
    parameters,
    sources: Object.fromEntries(
      (
        await database.rows<{
          source: string;
          lines: number;
          clean: number;
          repeated: number;
          dirty: Record<string, number>;
        }>(linesSql)
      ).map(({source, ...counts}) => [source, {...counts, dirty: counts.dirty ?? {}}])
    ),
    purchases: (await database.row<Truth["purchases"]>(purchasesSql))!,
    flights: (await database.row<Truth["flights"]>(flightsSql))!,
    arms: await database.rows<TrueArm>(armsSql),
    partner: partnerFiles.map(({path, rows, outcome, why}) => ({file: path, rows, outcome, why}))
  };
  writeFileSync(
    join(folder, "truth.json"),
    `${JSON.stringify({...truth, plan: campaignPlan.slice(0, campaigns)}, null, 2)}\n`
  );
  return truth;
}

const lineTables = {
  members: "member_lines",
  purchases: "purchase_lines",
  refunds: "refund_lines",
  redemptions: "redemption_lines",
  web: "visit_lines",
  miles: "posting_rows",
  mail: "mail_lines",
  assignments: "assignment_lines"
};

const linesSql = Object.entries(lineTables)
  .map(
    ([source, table]) => `
    select
      '${source}' as source, count(*) as lines, count(*) filter (dirt is null and copy = 0) as clean,
      count(*) filter (copy > 0) as repeated,
      (select map_from_entries(list((dirt, n) order by dirt)) from (
        select dirt, count(*) as n from ${table} where dirt is not null group by dirt
      )) as dirty
    from ${table}`
  )
  .join(" union all ");

const purchasesSql = `
  select
    count(*) as count, round(sum(amount * rate), 2)::double as value, count(distinct member) as buyers,
    count(*) filter (campaign is not null) as caused
  from purchases
  where purchase in (select id from purchase_lines where dirt is null)`;

const flightsSql = `
  select count(*) as count, sum(miles) as miles, sum(postings) as postings
  from (
    select p.flight, any_value(p.miles) as miles, count(*) as postings
    from postings p
    join posting_rows r on r.id = p.posting and r.copy = 0 and r.dirt is null
    group by p.flight
  )`;

const armsSql = `
  with converted as (
    select a.campaign, a.member, bool_and(p.campaign is not distinct from a.campaign) as because
    from assignments a
    join purchases p
      on p.member = a.member
      and p.purchased_at >= a.sent_at - interval 1 hour and p.purchased_at < a.sent_at - interval 1 hour + interval 7 days
    where p.purchase in (select id from purchase_lines where dirt is null)
    group by all
  ),
  opens as (
    select mail, bool_or(slot = 2) as by_machine, bool_or(slot between 3 and 5) as by_human
    from mail_events where event = 'open' group by mail
  )
  select
    a.campaign, a.arm, any_value(a.effect) as effect, count(*) as assigned,
    count(*) filter (a.arm <> 'holdout' and a.bounce is null) as delivered,
    count(*) filter (a.arm <> 'holdout' and a.bounce is not null) as bounced,
    count(p.purchase) as caused, coalesce(sum(p.amount * p.rate), 0)::double as caused_value,
    count(c.member) as converted, count(*) filter (c.because) as converted_because,
    count(*) filter (o.by_human) as human_openers, count(*) filter (o.by_machine) as machine_openers
  from assignments a
  left join converted c using (campaign, member)
  left join purchases p on p.member = a.member and p.campaign = a.campaign
  left join opens o on o.mail = a.member * 10 + a.position
  group by a.campaign, a.arm, a.position
  order by a.position, a.arm`;
