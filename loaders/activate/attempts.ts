import type {GraphNode} from "../engine/node.js";
import {view} from "./ledger/view.js";

/** `activation.attempts`: what became of each time that a schedule named. */
export function attemptsNode(): GraphNode {
  return view(
    {
      name: "activation.attempts",
      description:
        "Every time a schedule wanted something sent, and what came of it; of times on end with nothing to send, or that failed alike, the first. A record: never rebuilt.",
      grain: "one row per attempt",
      publish: "aggregate",
      columns: {
        destination_id: "The destination",
        audience_id: "The audience",
        campaign_id: "The campaign, if any",
        scheduled_for: "When it was to run (UTC)",
        status: "done, nothing, partial or failed: which is tried again at the next refresh",
        reason: "Why it failed: unknown_audience, no_members, no_ledger, other_key, bad_definition, secret, the destination's code, or error", // prettier-ignore
        error: {description: "Why it failed; it may name hosts", publish: "none"}
      }
    },
    // A row for every minute of a quiet day would be a new site for every minute.
    `select destination_id, audience_id, campaign_id, scheduled_for, status, reason, error
     from records.delivery_attempts
     qualify status not in ('nothing', 'failed') or (status, reason) is distinct from lag((status, reason)) over (
       partition by destination_id, audience_id, campaign_id order by scheduled_for, status <> 'failed', rowid
     )`
  );
}
