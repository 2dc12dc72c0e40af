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
    `with last as (
       select destination_id, audience_id, key,
         arg_max(status, (ordinal, place)) as status,
         arg_max(action, (ordinal, place)) as action
       from ${rowStatesSql}
       where key is not null
       group by all
     )
     select destination_id, audience_id,
       case
         when status = 'refused' then 'refused'
         when status in ('unsent', 'waiting') then 'unsent'
         when status in ('unknown', 'unanswered') then 'unknown'
         when action = 'remove' then 'gone' else 'there'
       end as state,
       count(*)::bigint as profiles
     from last
     group by all
     order by all`
  );
}
