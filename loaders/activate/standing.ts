import type {GraphNode} from "../engine/node.js";
import {rowStatesSql} from "./ledger/tables.js";
import {view} from "./ledger/view.js";

/** `activation.standing`: how each destination stands with each audience, by what was told it last of everybody. */
export function standingNode(): GraphNode {
  return view(
    {
      name: "activation.standing",
      description: "Of the people ever sent to a destination: how many are there, and of how many the last word is a refusal, a failure or nothing. A record: never rebuilt.", // prettier-ignore
      grain: "one row per destination, audience and state",
      key: ["destination_id", "audience_id", "state"],
      publish: "aggregate",
      people: "profiles",
      columns: {
        destination_id: "The destination",
        audience_id: "The audience",
        state:
          "there, gone (removed again), refused (by the destination), unsent (tried in vain: the next delivery tries again), unknown (nobody knows whether it arrived)",
        profiles: {description: "How many", unit: "people"}
      },
      tests: [{expression: "profiles > 0"}]
    },
    // A row's moment and its state in one number, so that the greatest is the last one's.
    `with last as (
       select destination_id, audience_id,
         max((ordinal * 68719476736 + place) * 8 + case status
           when 'acknowledged' then (action = 'remove')::integer when 'refused' then 2 when 'unsent' then 3 when 'waiting' then 3
           else 4
         end) % 8 as said
       from ${rowStatesSql}
       where key is not null
       group by destination_id, audience_id, key
     )
     select destination_id, audience_id,
       case said when 0 then 'there' when 1 then 'gone' when 2 then 'refused' when 3 then 'unsent' else 'unknown' end as state,
       count(*)::bigint as profiles
     from last
     group by all
     order by all`
  );
}
