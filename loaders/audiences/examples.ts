import type {GraphNode} from "../engine/node.js";
import {queryNode} from "./queryNode.js";

/** `derived.audience_examples`: twenty members of each audience, the same ones as long as they stay. */
export function examplesNode(unit: string): GraphNode {
  return queryNode("examples.ts", {
    header: {
      name: "derived.audience_examples",
      description: "Twenty members of each audience, drawn by a hash of their ids: the same ones as long as they stay.",
      grain: "one row per audience and member shown",
      key: ["audience_id", "place"],
      columns: {
        audience_id: "the audience",
        place: "1 to 20",
        profile_id: "the member",
        arm: "of a split",
        entered_at: "since when (UTC); null in a draft",
        reason: "why they entered",
        category: "as in insights.segment_profiles",
        decile: "by the metric; null for inactive",
        value: {description: "the metric", unit}
      },
      publish: "rows"
    },
    inputs: ["derived.audience_now", "derived.audience_members", "derived.audience_base"],
    sql: `
      with drawn as (
        select audience_id, unnest(arg_min(profile_id, hash(profile_id), 20)) as profile_id
        from derived.audience_now group by audience_id
      ),
      stays as (
        select members.audience_id, members.profile_id, entered_at, reason
        from derived.audience_members as members join drawn using (audience_id, profile_id)
        where members.left_at is null
      )
      select drawn.audience_id,
        row_number() over (partition by drawn.audience_id order by base.value desc nulls last, drawn.profile_id)::integer as place,
        drawn.profile_id, now.arm, stays.entered_at, stays.reason, base.category, base.decile, base.value::double as value
      from drawn
      join derived.audience_now as now
        on now.audience_id = drawn.audience_id and now.profile_id = drawn.profile_id
      left join stays on stays.audience_id = drawn.audience_id and stays.profile_id = drawn.profile_id
      left join derived.audience_base as base on base.profile_id = drawn.profile_id
      order by drawn.audience_id, place`
  });
}
