import {quoteInstant} from "../../../lib/sql.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {monthStarts} from "../calendar.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `derived.migration`: who moved from which bucket to which, from 1, 3 and 12 month starts ago until now. */
export function migrationNode(workspace: Workspace): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.migration",
      description: "How many people moved from which bucket to which: from 1, 3 and 12 month starts ago until now.",
      grain: "one row per metric, lookback, category, start, bucket then and bucket now",
      key: ["metric", "lookback", "category", "from_as_of", "to_as_of", "from_bucket", "to_bucket"],
      publish: "aggregate",
      columns: {
        metric: "The metric's name in workspace.yaml",
        lookback: "How far back the window reaches",
        category: "The group ranked within: * for all together",
        from_as_of: "The month start moved from (UTC)",
        to_as_of: "The as-of instant moved to (UTC)",
        from_bucket:
          "The bucket then; inactive; new: nobody knew them; other: in another category; small: group too small",
        to_bucket: "The bucket now; inactive; other: in another category; small: group too small",
        profiles: {description: "People who moved so", unit: "people"},
        value_from: "The sum of the metric then",
        value_to: "The sum of the metric now"
      }
    },
    inputs: ["derived.decile_snapshots"],
    usesAsOf: true,
    content: [migrationSql(new Date(0), []), workspace.time_zone],
    build({database, asOf}) {
      const starts = monthStarts(asOf, 12, workspace.time_zone);
      return database.run(
        `create table derived.migration__new as ${migrationSql(asOf, [starts[0]!, starts[2]!, starts[11]!])}`
      );
    }
  });
}

function migrationSql(asOf: Date, from: Date[]): string {
  const label = (side: string) => `
    case when ${side}.bucket is not null then ${side}.bucket::varchar
      when ${side}.reason = 'inactive' then 'inactive' when ${side}.reason is not null then 'small' end`;
  return `
  with before as (
    from derived.decile_snapshots where as_of in (${from.map(quoteInstant).join(", ") || "null::timestamp"})
  ),
  starts as (select distinct as_of from before),
  present as (
    select snapshots.* exclude (as_of), starts.as_of
    from (from derived.decile_snapshots where as_of = ${quoteInstant(asOf)}) as snapshots cross join starts
  ),
  -- Under a category, people who were elsewhere or nowhere stand under '*' alone.
  paired as (
    select profile_id, metric, lookback, category, as_of,
      ${label("before")} as from_bucket, ${label("now")} as to_bucket,
      before.value as value_from, now.value as value_to
    from before full join present as now using (profile_id, metric, lookback, category, as_of)
  ),
  labelled as (
    select paired.metric, paired.lookback, paired.category, paired.as_of,
      coalesce(from_bucket, case when star_before.profile_id is null then 'new'
        when star_before.reason = 'inactive' then 'inactive' else 'other' end) as from_bucket,
      coalesce(to_bucket, case when star_now.reason = 'inactive' then 'inactive' else 'other' end) as to_bucket,
      value_from, value_to
    from paired
    left join (from before where category = '*') as star_before
      on star_before.profile_id = paired.profile_id and star_before.metric = paired.metric
        and star_before.lookback = paired.lookback and star_before.as_of = paired.as_of
    left join (from present where category = '*') as star_now
      on star_now.profile_id = paired.profile_id and star_now.metric = paired.metric
        and star_now.lookback = paired.lookback and star_now.as_of = paired.as_of
  )
  select metric, lookback, category, as_of as from_as_of, ${quoteInstant(asOf)} as to_as_of, from_bucket, to_bucket,
    count(*)::integer as profiles, coalesce(sum(value_from), 0)::decimal(18,4) as value_from,
    coalesce(sum(value_to), 0)::decimal(18,4) as value_to
  from labelled group by all order by all`;
}
