import type {GraphNode} from "../engine/node.js";
import {queryNode} from "./queryNode.js";

/** `derived.audience_splits`: audiences counted exactly, by category and decile, beside everybody. */
export function splitsNode(unit: string): GraphNode {
  return queryNode("splits.ts", {
    header: {
      name: "derived.audience_splits",
      description: "Saved audiences by category and decile, beside everybody (audience_id is null).",
      grain: "one row per audience, category and decile",
      columns: {
        audience_id: "the file's name; null for everybody",
        category: "as in insights.segment_profiles",
        decile: "by metric and lookback; null for inactive",
        profiles: "how many",
        value: {description: "their sum of the metric", unit}
      },
      publish: "aggregate"
    },
    inputs: ["derived.audience_now", "derived.audience_base"],
    sql: `
      select null::varchar as audience_id, category, decile::integer as decile, count(*) as profiles,
        sum(value) as value
      from derived.audience_base group by all
      union all
      select now.audience_id, base.category, base.decile::integer, count(*), sum(base.value)
      from derived.audience_now as now join derived.audience_base as base using (profile_id) group by all
      order by audience_id nulls first, category, decile nulls last`
  });
}

/** `derived.audience_arms`: the arms of audiences that are split. */
export function armsNode(unit: string): GraphNode {
  return queryNode("splits.ts", {
    header: {
      name: "derived.audience_arms",
      description: "The arms of audiences that are split; members whom no arm takes are left out.",
      grain: "one row per audience and arm that somebody is in",
      key: ["audience_id", "arm"],
      columns: {
        audience_id: "the audience",
        arm: "the arm",
        is_holdout: "whether it is kept out",
        profiles: "how many",
        value: {description: "their sum of the metric", unit}
      },
      publish: "aggregate",
      people: "profiles"
    },
    inputs: ["derived.audience_now", "derived.audience_base"],
    sql: `
      select now.audience_id, now.arm, now.is_holdout, count(*) as profiles, coalesce(sum(base.value), 0)::double as value
      from derived.audience_now as now left join derived.audience_base as base using (profile_id)
      where now.arm is not null group by all order by all`
  });
}
