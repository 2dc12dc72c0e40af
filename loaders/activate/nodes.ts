import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {attemptsNode} from "./attempts.js";
import {audienceRatesNode} from "./audienceRates.js";
import {destinationsNode, schedulesNode} from "./destinationTables.js";
import {assignmentsSql, rowStatesSql} from "./ledger/tables.js";
import {view} from "./ledger/view.js";
import {deliveryOutcomesNode} from "./deliveryOutcomes.js";
import {standingNode} from "./standing.js";

/** What is sent where, and what has been: the definitions as tables, and the ledger. */
export function activationNodes(workspace: Workspace): GraphNode[] {
  return [
    destinationsNode(workspace),
    schedulesNode(workspace),
    audienceRatesNode(),
    ...ledgerNodes(),
    deliveryOutcomesNode(),
    attemptsNode(),
    standingNode()
  ];
}

/** The ledger as tables of the warehouse: views of the records, so that they are never rebuilt and always current. */
function ledgerNodes(): GraphNode[] {
  return [
    view(
      {
        name: "activation.delivery_rows",
        description: "What was sent to whom, and what became of it. A record: never rebuilt.",
        grain: "one row per delivery and person",
        columns: {
          delivery_id: "The delivery",
          place: "Its place in the delivery",
          batch: "The request that it went in",
          action: "add, update or remove",
          profile_id: "The person",
          key: {description: "What names them at the destination", personal: true},
          content_hash: "Of what was sent",
          send_id: "Names the sending; joins responses",
          bucket: "Their decile at the send",
          value: "What they were ranked by",
          destination_id: "The destination",
          kind: "Its kind",
          audience_id: "The audience",
          campaign_id: "The campaign, if any",
          began_at: "When the delivery began (UTC)",
          ordinal: "The delivery's place in the ledger",
          noted_at: "When the request was last heard of (UTC)",
          status:
            "acknowledged, refused, unsent (certainly not carried out), unknown (perhaps), unanswered, or waiting (never tried)",
          code: "The destination's code",
          message: "Its words"
        }
      },
      `select * from ${rowStatesSql}`
    ),
    view(
      {
        name: "activation.deliveries",
        description: "Every sending of an audience to a destination. A record: never rebuilt.",
        grain: "one row per delivery",
        key: ["delivery_id"],
        publish: "aggregate",
        columns: {
          delivery_id: "The delivery",
          destination_id: "The destination",
          kind: "Its kind",
          audience_id: "The audience",
          audience_version: "The version of its definition",
          campaign_id: "The campaign, if any",
          arm: "The arm that it was limited to, if any",
          mode: "incremental or full",
          as_of: "The instant that it describes (UTC)",
          scheduled_for: "When its schedule wanted it (UTC); null where somebody sent it",
          began_at: "When it began (UTC)",
          ended_at: "When it ended (UTC)",
          status: "running, done, partial, failed or interrupted",
          error: "Why it ended early",
          members: "Members of the audience then",
          added: "Rows added and acknowledged",
          updated: "Rows updated and acknowledged",
          removed: "Rows removed and acknowledged",
          failed: "Rows refused by the destination, or not sent",
          unknown: "Rows whose end is not known",
          held_out: "Members held out",
          suppressed: "Members not sent for another reason"
        },
        tests: [{expression: "added >= 0 and updated >= 0 and removed >= 0"}]
      },
      `with counted as (
         select delivery_id,
           count(*) filter (where status = 'acknowledged' and action = 'add') as added,
           count(*) filter (where status = 'acknowledged' and action = 'update') as updated,
           count(*) filter (where status = 'acknowledged' and action = 'remove') as removed,
           count(*) filter (where status in ('refused', 'unsent', 'waiting')) as failed,
           count(*) filter (where status in ('unknown', 'unanswered')) as unknown
         from ${rowStatesSql} group by delivery_id
       ),
       excluded as (
         select delivery_id,
           coalesce(sum(profiles) filter (where starts_with(reason, 'held_out')), 0)::bigint as held_out,
           coalesce(sum(profiles) filter (where not starts_with(reason, 'held_out')), 0)::bigint as suppressed
         from records.delivery_exclusions group by delivery_id
       )
       select deliveries.delivery_id, destination_id, kind, audience_id, audience_version, campaign_id, arm, mode, as_of,
         scheduled_for, began_at, ended_at, status, error, members,
         coalesce(added, 0) as added, coalesce(updated, 0) as updated, coalesce(removed, 0) as removed,
         coalesce(failed, 0) as failed, coalesce(unknown, 0) as unknown,
         coalesce(held_out, 0) as held_out, coalesce(suppressed, 0) as suppressed
       from records.deliveries as deliveries
       left join counted using (delivery_id) left join excluded using (delivery_id)
       order by ordinal`
    ),
    view(
      {
        name: "activation.delivery_exclusions",
        description: "Why members of an audience were not sent. A record: never rebuilt.",
        grain: "one row per delivery and reason",
        key: ["delivery_id", "reason"],
        publish: "aggregate",
        people: "profiles",
        columns: {
          delivery_id: "The delivery",
          reason: "The first that held, such as no_consent, unsubscribed, held_out, frequency_cap",
          profiles: "How many members"
        }
      },
      "select delivery_id, reason, profiles from records.delivery_exclusions order by all"
    ),
    view(
      {
        name: "activation.assignments",
        description: "Who was assigned to which arm of a campaign by a delivery, held-out people included. A record: never rebuilt.", // prettier-ignore
        grain: "one row per campaign and person",
        key: ["campaign_id", "profile_id"],
        columns: {
          send_id: "Names the sending; joins responses",
          campaign_id: "The campaign",
          arm: "The arm",
          is_holdout: "Whether they were held out",
          audience_id: "The audience",
          audience_version: "The version of its definition",
          profile_id: "The person",
          assigned_at: "When the delivery began that assigned them (UTC)",
          bucket: "Their decile then",
          value: "What they were ranked by",
          delivery_id: "The delivery that assigned them"
        }
      },
      `select * from ${assignmentsSql} order by campaign_id, profile_id`
    )
  ];
}
