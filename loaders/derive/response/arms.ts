import type {Amounts} from "../../../lib/stats/bootstrap.js";
import type {PairMoments} from "../../../lib/stats/cuped.js";
import type {Outcome} from "../../../lib/response/lift.js";
import type {Database} from "../../engine/database.js";

/** What an arm did by one measure within one window: of everybody, or of those of one decile at send. */
export interface ArmOutcome extends Outcome, PairMoments {
  arm: string;
  is_holdout: boolean;
  /** Null where they had none; undefined of everybody. */
  bucket?: number | null;
  /** What a head did who did something, of means; ascending. */
  amounts: number[];
}

/** The arms of a campaign compared by one measure within one window. */
export interface Comparison {
  campaign_id: string;
  measure: string;
  measure_label: string;
  kind: "rate" | "mean";
  position: number;
  window_days: number;
  is_complete: boolean;
  arms: ArmOutcome[];
}

/**
 * Every campaign with people held out, measure and window, with what each arm did; `byBucket` takes each decile at send
 * apart. Sums are of decimals, so that they do not depend on the order of addition.
 */
export async function comparisons(database: Database, asOf: Date, byBucket = false): Promise<Comparison[]> {
  const rows = await database.rows<OutcomeRow>(outcomesSql(byBucket), {as_of: asOf});
  return [...groupBy(rows, (row) => JSON.stringify([row.campaign_id, row.measure, row.window_days])).values()].map(
    (group) => {
      const {campaign_id, measure, measure_label, kind, position, window_days, is_complete} = group[0]!;
      const arms = group.map((row) => ({...row, amounts: row.amounts ?? []}));
      return {campaign_id, measure, measure_label, kind, position, window_days, is_complete, arms};
    }
  );
}

/** The people of several arms as one. */
export type Pooled = Outcome & PairMoments & Amounts;

function pool(arms: readonly ArmOutcome[]): Pooled {
  const sum = (value: (arm: ArmOutcome) => number) => arms.reduce((total, arm) => total + value(arm), 0);
  return {
    n: sum((arm) => arm.n),
    events: sum((arm) => arm.events),
    sum: sum((arm) => arm.sum),
    squares: sum((arm) => arm.squares),
    sumBefore: sum((arm) => arm.sumBefore),
    squaresBefore: sum((arm) => arm.squaresBefore),
    products: sum((arm) => arm.products),
    amounts: arms.length === 1 ? arms[0]!.amounts : arms.flatMap((arm) => arm.amounts)
  };
}

/** Each mailed arm by itself, and before them, where there are several, all together as `*`. */
export function mailedArms(arms: readonly ArmOutcome[]): {arm: string; outcome: Pooled}[] {
  const mailed = [...groupBy(arms.filter((arm) => !arm.is_holdout), (arm) => arm.arm)]; // prettier-ignore
  const each = mailed.map(([arm, of]) => ({arm, outcome: pool(of)}));
  return each.length > 1 ? [{arm: "*", outcome: pool(mailed.flatMap(([, of]) => of))}, ...each] : each;
}

/** The people held out of a campaign. */
export function heldOut(arms: readonly ArmOutcome[]): Pooled {
  return pool(arms.filter((arm) => arm.is_holdout));
}

/** A number as a table takes it: null where it is none. */
export function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

/** Items by a key, in the order in which keys first come. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

type OutcomeRow = Omit<Comparison, "arms"> & Omit<ArmOutcome, "amounts"> & {amounts: number[] | null};

/** The content that decides what `comparisons` gives: for fingerprints. */
export const comparisonsContent = [outcomesSql(false), outcomesSql(true)];

function outcomesSql(byBucket: boolean): string {
  const bucket = byBucket ? ", bucket_at_send" : "";
  const same = byBucket ? "and totals.bucket_at_send is not distinct from arms.bucket_at_send" : "";
  return `
  with campaigns as (
    from activation.campaigns where campaign_id in (select campaign_id from activation.sends where is_holdout)
  ), arms as (
    select campaign_id, arm${bucket}, bool_or(is_holdout) as is_holdout, count(*) as n
    from activation.sends where campaign_id in (select campaign_id from campaigns)
    group by campaign_id, arm${bucket}
  ), lasts as (
    select campaign_id, max(assigned_at) as last_assigned_at from activation.sends group by campaign_id
  ), measures as (
    select campaign_id, unnest(measures, recursive := true) from campaigns
  ), windows as (
    select campaign_id, unnest(windows) as window_days from campaigns
  ), totals as (
    select campaign_id, arm${bucket}, measure, window_days, count(*) filter (has_event) as events,
      sum(amount) as sum, sum(amount * amount) as squares, sum(amount_before) as sum_before,
      sum(amount_before * amount_before) as squares_before, sum(amount * amount_before) as products,
      list(amount::double order by amount) filter (kind = 'mean' and amount <> 0) as amounts
    from derived.campaign_heads
    group by campaign_id, arm${bucket}, measure, window_days
  )
  select
    arms.campaign_id, arms.arm, ${byBucket ? "arms.bucket_at_send as bucket, " : ""}arms.is_holdout, measures.measure,
    measures.label as measure_label, measures.kind, measures.position, windows.window_days, arms.n::double as n,
    coalesce(totals.events, 0)::double as events,
    coalesce(totals.sum, 0)::double as sum,
    coalesce(totals.squares, 0)::double as squares,
    coalesce(totals.sum_before, 0)::double as "sumBefore",
    coalesce(totals.squares_before, 0)::double as "squaresBefore",
    coalesce(totals.products, 0)::double as products,
    ${byBucket ? "null" : "totals.amounts"} as amounts,
    lasts.last_assigned_at + to_days(windows.window_days) <= $as_of::timestamp as is_complete
  from arms
  join lasts on lasts.campaign_id = arms.campaign_id
  join measures on measures.campaign_id = arms.campaign_id
  join windows on windows.campaign_id = arms.campaign_id
  left join totals
    on totals.campaign_id = arms.campaign_id and totals.arm = arms.arm and totals.measure = measures.measure
    and totals.window_days = windows.window_days ${same}
  order by arms.campaign_id, measures.position, windows.window_days, arms.arm${byBucket ? ", bucket nulls last" : ""}`;
}
