/**
 * The CTE `spans`: for every campaign the calendar's instant that its people are ranked by (`from_as_of`), the first one
 * four weeks after the send or later (`to_as_of`), and now where that is later still (`held_as_of`). Campaigns too young
 * or older than the calendar have none. Binds `$as_of`.
 */
export const spansSql = `instants as (
    select distinct as_of from derived.decile_snapshots
  ), sent as (
    select campaign_id, coalesce(any_value(campaigns.sent_at), min(sends.sent_at), min(sends.assigned_at)) as sent_at,
      any_value(ranked_metric) as metric, any_value(ranked_lookback) as lookback, any_value(ranked_category) as category
    from activation.campaigns as campaigns join activation.sends as sends using (campaign_id)
    group by campaign_id
  ), known as (
    select campaign_id, metric, lookback, category,
      (select max(as_of) from instants where as_of <= sent.sent_at) as from_as_of,
      (select min(as_of) from instants where as_of >= sent.sent_at + to_days(28)) as to_as_of
    from sent
  ), spans as (
    select *, case when to_as_of < $as_of::timestamp then $as_of::timestamp end as held_as_of
    from known where from_as_of is not null and to_as_of is not null
  )`;

/** SQL of people by campaign and arm, and the mailed ones of campaigns with several such arms once more under `*`. */
export function withAllMailed(people: string): string {
  return `from ${people}
    union all
    select * replace ('*' as arm) from ${people}
    where not is_holdout and campaign_id in (
      select campaign_id from ${people} where not is_holdout group by campaign_id having count(distinct arm) > 1
    )`;
}

/** The columns by which models compare arms over spans. */
export const spanColumns = {
  campaign_id: "The campaign",
  arm: "One of its arms, people held out included; * is all mailed arms together",
  is_holdout: "Whether it is held out",
  from_as_of: "The calendar's last instant before the send (UTC)",
  to_as_of: "Its first instant four weeks or more after it (UTC)"
};

/** What models over spans read. */
export function spanInputs(hasForecast: boolean): string[] {
  const forecasts = ["derived.value_snapshots", "derived.lifetime_value"];
  return ["activation.campaigns", "activation.sends", "derived.decile_snapshots", ...(hasForecast ? forecasts : [])];
}
