import {quoteText} from "../../lib/sql.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {queryNode} from "./queryNode.js";

/** `derived.audience_sizes`: how large each audience was on every day that it was evaluated, who came and who went. */
export function sizesNode(workspace: Workspace, unit: string): GraphNode {
  return queryNode("history.ts", {
    header: {
      name: "derived.audience_sizes",
      description: "How large audiences were, day by day, as their runs found them. A record: never rebuilt.",
      grain: "one row per audience and day of its runs; of several as-of instants of a day the last",
      key: ["audience_id", "date"],
      columns: {
        audience_id: "the audience",
        date: "the day that the run describes (workspace's zone)",
        as_of: "the end of it (UTC)",
        state: "published, inactive or deleted",
        version: "of the definition",
        profiles: "how many were in",
        entered: "of these, how many were not in the run before",
        left: "how many of the run before were out",
        churn: {description: "who left, of those in the run before", unit: "share"},
        value: {description: "sum of the metric over members", unit},
        share: {description: "of all profiles of that day", unit: "share"},
        unmatched: "of an imported audience, ids that named nobody"
      },
      publish: "aggregate",
      people: ["profiles", "entered", "left"]
    },
    inputs: ["derived.audience_members"],
    usesAsOf: true,
    sql: `
      with days as (
        select *, ${dateSql(workspace)} as date from records.audience_runs where as_of <= $asOf
        qualify row_number() over (partition by audience_id, date order by as_of desc) = 1
      ),
      moves as (
        select audience_id, ${dateSql(workspace)} as date, sum(entered)::bigint as entered, sum("left")::bigint as "left"
        from records.audience_runs where as_of <= $asOf group by all
      )
      select days.audience_id, days.date, as_of, state, version, profiles, moves.entered, moves."left",
        moves."left" / nullif(lag(profiles) over (partition by days.audience_id order by days.date), 0)::double as churn,
        value, profiles / nullif(base_profiles, 0)::double as share, unmatched
      from days join moves on moves.audience_id = days.audience_id and moves.date = days.date
      order by days.audience_id, days.date`
  });
}

/** `derived.audience_decile_mix`: which deciles each audience was made of, day by day. */
export function decileMixNode(workspace: Workspace, unit: string): GraphNode {
  return queryNode("history.ts", {
    header: {
      name: "derived.audience_decile_mix",
      description:
        "The deciles that audiences were made of, day by day, as their runs found them. A record: never rebuilt.",
      grain: "one row per audience, day of its runs and bucket",
      columns: {
        audience_id: "the audience",
        date: "the day that the run describes (workspace's zone)",
        as_of: "the end of it (UTC)",
        bucket: "the decile by the metric that audiences are valued by; null for inactive",
        profiles: "how many",
        value: {description: "their sum of the metric", unit}
      },
      publish: "aggregate",
      people: "profiles",
      groups: ["bucket"]
    },
    inputs: ["derived.audience_members"],
    usesAsOf: true,
    sql: `
      select audience_id, ${dateSql(workspace)} as date, as_of, bucket, profiles, value
      from records.audience_mix where as_of <= $asOf
      qualify as_of = max(as_of) over (partition by audience_id, ${dateSql(workspace)})
      order by audience_id, as_of, bucket nulls last`
  });
}

/** The last local day before an as-of instant. */
function dateSql({time_zone}: Workspace): string {
  return `((as_of - interval 1 microsecond) at time zone 'UTC' at time zone ${quoteText(time_zone)})::date`;
}
