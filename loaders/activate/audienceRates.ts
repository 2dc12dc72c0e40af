import {modelHeader} from "../../lib/definitions/model.js";
import type {GraphNode} from "../engine/node.js";

/** How long a new campaign may count conversions, for want of its definition. */
const windows = [7, 14, 30, 60];

const sql = `
  with conversions as (
    select campaign_id, list_sort(conversion_events) as events, conversion_days as window_days from activation.campaigns
    union all
    select '', ['commerce.purchase'], unnest([${windows.join(", ")}])
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
  )
  select members.audience_id, campaign_id, array_to_string(conversions.events, ', ') as events, window_days,
    count(*) as profiles, count(*) filter (last_at >= $asOf - to_days(window_days)) as converted
  from derived.audience_now as members
  cross join conversions
  left join lasts on lasts.profile_id = members.profile_id and lasts.events = conversions.events
  where not members.is_holdout
  group by all
  order by all`;

/** `activation.audience_rates`: how many of each audience did by themselves what campaigns count; what power rests on. */
export function audienceRatesNode(): GraphNode {
  const name = "activation.audience_rates";
  return {
    name,
    header: modelHeader.parse({
      name,
      description: "How many of an audience converted by themselves in a window before the as-of instant: the base rate that a campaign's power is worked out from.", // prettier-ignore
      grain: "one row per audience, campaign and window",
      key: ["audience_id", "campaign_id", "window_days"],
      publish: "aggregate",
      people: ["profiles", "converted"],
      columns: {
        audience_id: "The audience",
        campaign_id: "Whose conversion it is; empty stands for a purchase, as a new campaign counts it",
        events: "The event types that count, comma between",
        window_days: {description: "How long before the as-of instant they count", unit: "days"},
        profiles: {description: "Members who are not kept out", unit: "people"},
        converted: {description: "Of those, who had such an event", unit: "people"}
      },
      tests: [{expression: "converted <= profiles"}]
    }),
    file: `built-in ${name}`,
    inputs: ["activation.campaigns", "core.events", "derived.audience_now"],
    fingerprint: sql,
    usesAsOf: true,
    async build({database, asOf}) {
      await database.run(`create table ${name}__new as ${sql}`, {asOf});
    }
  };
}
