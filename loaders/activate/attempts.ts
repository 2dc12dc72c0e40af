import type {GraphNode} from "../engine/node.js";
import {view} from "./ledger/view.js";

/** `activation.attempts`: what became of each time that a schedule named. */
export function attemptsNode(): GraphNode {
  return view(
    {
      name: "activation.attempts",
      description: "Every time a schedule wanted something sent, and what came of it. A record: never rebuilt.",
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
    "select destination_id, audience_id, campaign_id, scheduled_for, status, reason, error from records.delivery_attempts"
  );
}
