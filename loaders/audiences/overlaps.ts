import type {GraphNode} from "../engine/node.js";
import {queryNode} from "./queryNode.js";

/** How many audiences are compared with each other: the largest. */
const most = 50;
/** How many others an audience's combinations are made of: those that overlap it most. */
const others = 5;

/** `derived.audience_overlaps`: how many members two audiences have in common, exactly. */
export function overlapsNode(): GraphNode {
  return queryNode("overlaps.ts", {
    header: {
      name: "derived.audience_overlaps",
      description: `How many members audiences have in common; of the ${most} largest.`,
      grain: "one row per ordered pair of audiences",
      key: ["audience_id", "other_id"],
      columns: {
        audience_id: "one audience",
        other_id: "another",
        profiles: "members of the one",
        other_profiles: "members of the other",
        both_profiles: "members of both",
        jaccard: {description: "both, of those in either", unit: "share"}
      },
      publish: "aggregate",
      people: ["profiles", "other_profiles", "both_profiles"]
    },
    inputs: ["derived.audience_now"],
    sql: `
      with sizes as (${sizesSql}),
      members as (select place, profile_id from derived.audience_now join sizes using (audience_id)),
      pairs as (
        select a.place, b.place as other, count(*) as both_profiles
        from members as a join members as b on b.profile_id = a.profile_id and b.place <> a.place
        group by all
      )
      select a.audience_id, b.audience_id as other_id, a.profiles, b.profiles as other_profiles,
        coalesce(pairs.both_profiles, 0) as both_profiles,
        coalesce(pairs.both_profiles, 0) / (a.profiles + b.profiles - coalesce(pairs.both_profiles, 0))::double as jaccard
      from sizes as a join sizes as b on b.place <> a.place
      left join pairs on pairs.place = a.place and pairs.other = b.place
      order by a.audience_id, both_profiles desc, other_id`
  });
}

/** `derived.audience_combinations`: each audience's members by which of its nearest others they are in, too. */
export function combinationsNode(unit: string): GraphNode {
  return queryNode("overlaps.ts", {
    header: {
      name: "derived.audience_combinations",
      description: `Members of the ${most} largest audiences by the combination of others they are in, of the ${others} that overlap each most.`,
      grain: "one row per audience and combination of others; each member is in exactly one",
      key: ["audience_id", "others"],
      columns: {
        audience_id: "the audience",
        others: "the others that these members are in, too, by name, comma between; empty for none",
        degree: "how many others",
        profiles: "how many members",
        value: {description: "their sum of the metric", unit}
      },
      publish: "aggregate",
      people: "profiles"
    },
    inputs: ["derived.audience_now", "derived.audience_overlaps", "derived.audience_base"],
    sql: `
      with near as (
        select audience_id, other_id, row_number() over (
          partition by audience_id order by both_profiles desc, other_id
        ) - 1 as bit
        from derived.audience_overlaps where both_profiles > 0 qualify bit < ${others}
      ),
      sizes as (${sizesSql}),
      hits as (
        select near.audience_id, now.profile_id, sum(1 << near.bit)::utinyint as mask
        from near join derived.audience_now as now on now.audience_id = near.other_id group by all
      ),
      masks as (
        select now.audience_id, coalesce(hits.mask, 0) as mask, count(*) as profiles,
          coalesce(sum(base.value), 0)::double as value
        from derived.audience_now as now
        semi join sizes on sizes.audience_id = now.audience_id
        left join hits on hits.audience_id = now.audience_id and hits.profile_id = now.profile_id
        left join derived.audience_base as base on base.profile_id = now.profile_id
        group by all
      )
      select masks.audience_id, coalesce(string_agg(near.other_id, ',' order by near.other_id), '') as others,
        count(near.other_id)::integer as degree, any_value(masks.profiles) as profiles, any_value(masks.value) as value
      from masks left join near on near.audience_id = masks.audience_id and (masks.mask >> near.bit) & 1 = 1
      group by masks.audience_id, masks.mask
      order by masks.audience_id, profiles desc, others`
  });
}

const sizesSql = `
  select audience_id, count(*) as profiles,
    row_number() over (order by count(*) desc, audience_id)::integer as place
  from derived.audience_now group by audience_id qualify place <= ${most}`;
