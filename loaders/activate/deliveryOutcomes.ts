import type {GraphNode} from "../engine/node.js";
import {rowStatesSql} from "./ledger/tables.js";
import {view} from "./ledger/view.js";

/** `activation.delivery_outcomes`: what became of the people of each delivery, sent or not, and why. */
export function deliveryOutcomesNode(): GraphNode {
  return view(
    {
      name: "activation.delivery_outcomes",
      description: "How many people each delivery added, updated, removed, held out, suppressed and failed, and why. A record: never rebuilt.", // prettier-ignore
      grain: "one row per delivery, outcome and reason",
      key: ["delivery_id", "outcome", "reason"],
      publish: "aggregate",
      people: "profiles",
      columns: {
        delivery_id: "The delivery",
        outcome: "added, updated, removed, failed, unknown, held_out or suppressed",
        reason:
          "Of those held out and suppressed: the first rule that held; of those failed and unknown: the destination's code, else the state",
        profiles: {description: "How many", unit: "people"}
      },
      tests: [{expression: "profiles > 0"}]
    },
    `with told as (
       select delivery_id,
         case
           when status in ('refused', 'unsent', 'waiting') then 'failed'
           when status in ('unknown', 'unanswered') then 'unknown'
           else case action when 'add' then 'added' when 'update' then 'updated' else 'removed' end
         end as outcome,
         case when status = 'acknowledged' then '' else coalesce(code, status) end as reason
       from ${rowStatesSql}
     )
     select delivery_id, outcome, reason, count(*)::bigint as profiles from told group by all
     union all
     select delivery_id, case when starts_with(reason, 'held_out') then 'held_out' else 'suppressed' end, reason, profiles
     from records.delivery_exclusions
     order by all`
  );
}
