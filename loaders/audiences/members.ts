import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Plan} from "./plan.js";
import {recordMembers} from "./recordMembers.js";

/** `derived.audience_members`: the ledger of stays, brought up to date. It lies in the records; this is a view of it. */
export function membersNode(plan: Plan): GraphNode {
  const name = "derived.audience_members";
  return typescriptModel({
    header: {
      name,
      description:
        "Who was in which published audience, from when to when, and why: in at an instant where entered_at <= instant and (left_at is null or left_at > instant). A record: never rebuilt.",
      grain: "one row per audience, profile, arm and stay",
      columns: {
        audience_id: "the audience",
        profile_id: "the member",
        arm: "of a split; null where there is none",
        entered_at: "as-of instant of the first run that found them in (UTC)",
        left_at: "as-of instant of the first run after it that did not (UTC); null while they are in",
        run_id: "the refresh that found them in",
        reason: "first_run, matched, rule_changed, published or arm_changed",
        left_run_id: "the refresh that found them out",
        left_reason: "unmatched, rule_changed, arm_changed, profile_gone, inactive or deleted",
        version: "of the definition they came in by"
      },
      tests: [
        {expression: "left_at is null or left_at >= entered_at"},
        {expression: "(left_at is null) = (left_reason is null)"}
      ]
    },
    file: "loaders/audiences/members.ts",
    inputs: [
      "core.profiles",
      "derived.audience_failures",
      "derived.audience_imports",
      "derived.audience_now",
      "derived.audience_splits"
    ],
    content: [plan.key],
    usesAsOf: true,
    async build(context) {
      // One transaction writes to one file: the records have a connection of their own.
      const records = await context.database.connect();
      try {
        await recordMembers(records, context, plan);
      } finally {
        records.close();
      }
      await context.database.run(
        `create view ${name}__new as from records.audience_members where left_at is null or left_at > entered_at`
      );
      return "view";
    }
  });
}
