import type {DestinationDefinition} from "../../../lib/definitions/destination.js";
import {rowStatesSql} from "../ledger/tables.js";

/** SQL of the people whose mails came back in a way that ends it: one row each, with what happened. */
export function suppressedSql(suppress: DestinationDefinition["suppress"]): string {
  const is = (kind: (typeof suppress)[number], condition: string) => (suppress.includes(kind) ? condition : "false");
  return `
    select profile_id, is_complained, is_unsubscribed,
      -- A dead address: a final bounce, and nothing delivered since.
      ${is("bounced", "coalesce(bounced_at > coalesce(delivered_at, '-infinity'::timestamp), false)")} as is_bounced
    from (
      select profile_id,
        ${is("complained", "bool_or(event_type = 'email.complained')")} as is_complained,
        ${is("unsubscribed", "bool_or(event_type = 'email.unsubscribed')")} as is_unsubscribed,
        max(event_time) filter (where event_type = 'email.bounced' and coalesce(given.bounce_type, 'hard') = 'hard') as bounced_at
      from (
        select profile_id, event_type, event_time,
          -- A cast by name: properties that no source declares are null.
          try_cast(struct_insert(properties, tenfold_ := 0) as struct(tenfold_ integer, bounce_type varchar)) as given
        from core.events
        where event_type in ('email.unsubscribed', 'email.complained', 'email.bounced')
      )
      group by profile_id
    ) left join (
      -- Nearly every mail arrives: only of those who bounced need the last be known.
      select profile_id, max(event_time) as delivered_at from core.events
      where event_type = 'email.delivered'
        and profile_id in (select profile_id from core.events where event_type = 'email.bounced')
      group by profile_id
    ) using (profile_id)
    where is_complained or is_unsubscribed or is_bounced`;
}

/**
 * SQL of the people who were sent campaigns as often as they may be since `$capped_since`: by the ledger, and by what
 * providers report.
 */
export function cappedSql(sends: number): string {
  return `
    select profile_id from (
      select profile_id, send_id from ${rowStatesSql}
      where campaign_id is not null and action = 'add' and status in ('acknowledged', 'unknown', 'unanswered') and noted_at >= $capped_since
      union
      select profile_id, coalesce(send_id, event_id::varchar) from core.events
      where event_type = 'email.sent' and event_time >= $capped_since
    ) group by profile_id having count(*) >= ${sends}`;
}
