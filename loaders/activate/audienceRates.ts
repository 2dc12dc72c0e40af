import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";

/** How long a new campaign may count conversions, for want of its definition. */
const windows = [7, 14, 30, 60];

/** Of all members; of decimals, because sums of doubles depend on the order in which threads add them up. */
const mean = "coalesce(sum(amount), 0)::double / count(*)";

const sql = `
  with conversions as (
    select campaign_id, list_sort(conversion_events) as events, conversion_days as window_days,
      list_filter(measures, one -> one.kind = 'mean')[1].events as money_events,
      coalesce(list_filter(measures, one -> one.kind = 'mean')[1].sign = 'net', false) as is_net
    from activation.campaigns
    union all
    select '', ['commerce.purchase'], unnest([${windows.join(", ")}]), ['commerce.purchase'], true
  ),
  types as (
    select events, unnest(events) as event_type, max(window_days) as window_days from conversions group by events
  ),
  lasts as (
    select types.events, event.profile_id, max(event.event_time) as last_at
    from core.events as event
    join types on types.event_type = event.event_type
    where event.event_time < $asOf and event.event_time >= $asOf - to_days(types.window_days)
    group by all
  ),
  money_types as (
    select distinct money_events, is_net, window_days, unnest(money_events) as event_type, 1 as sign
    from conversions
    union
    select money_events, is_net, window_days, 'commerce.refund', -1
    from conversions where is_net and not list_contains(money_events, 'commerce.refund')
  ),
  amounts as (
    select money_events, is_net, types.window_days, event.profile_id,
      coalesce(sum(sign * event.value), 0)::decimal(18, 4) as amount
    from core.events as event
    join money_types as types on types.event_type = event.event_type
    where event.event_time < $asOf and event.event_time >= $asOf - to_days(types.window_days)
    group by all
  )
  select members.audience_id, campaign_id, array_to_string(conversions.events, ', ') as events, conversions.window_days,
    count(*) as profiles, count(*) filter (last_at >= $asOf - to_days(conversions.window_days)) as converted,
    count(amounts.profile_id) as spent,
    case when any_value(conversions.money_events) is not null then ${mean} end as mean,
    case when any_value(conversions.money_events) is not null then
      sqrt(greatest(coalesce(sum(amount * amount), 0)::double - count(*) * (${mean}) ** 2, 0) / nullif(count(*) - 1, 0))
    end as deviation
  from derived.audience_now as members
  cross join conversions
  left join lasts on lasts.profile_id = members.profile_id and lasts.events = conversions.events
  left join amounts on amounts.profile_id = members.profile_id and amounts.money_events = conversions.money_events
    and amounts.is_net = conversions.is_net and amounts.window_days = conversions.window_days
  where not members.is_holdout
  group by members.audience_id, campaign_id, conversions.events, conversions.window_days
  order by all`;

/** `activation.audience_rates`: what each audience did by itself of what campaigns count; what power rests on. */
export function audienceRatesNode(): GraphNode {
  const name = "activation.audience_rates";
  return typescriptModel({
    header: {
      name,
      description: "What an audience did by itself in a window before the as-of instant: the rate, and the money per head with its deviation, that a campaign's power is worked out from.", // prettier-ignore
      grain: "one row per audience, campaign and window",
      key: ["audience_id", "campaign_id", "window_days"],
      publish: "aggregate",
      people: ["profiles", "converted", "spent"],
      columns: {
        audience_id: "The audience",
        campaign_id: "Whose conversion it is; empty stands for a purchase, as a new campaign counts it",
        events: "The event types that count, comma between",
        window_days: {description: "How long before the as-of instant they count", unit: "days"},
        profiles: {description: "Members who are not kept out", unit: "people"},
        converted: {description: "Of those, who had such an event", unit: "people"},
        spent: {description: "Of those, who had an event of the campaign's first measure of money", unit: "people"},
        mean: {description: "Of that measure, the mean of all members; null where a campaign has none", unit: "money"},
        deviation: {description: "Its standard deviation over all members", unit: "money"}
      },
      tests: [{expression: "converted <= profiles"}]
    },
    inputs: ["activation.campaigns", "core.events", "derived.audience_now"],
    usesAsOf: true,
    content: sql,
    async build({database, asOf}) {
      await database.run(`create table ${name}__new as ${sql}`, {asOf});
    }
  });
}
