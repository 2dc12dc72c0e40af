import {quoteName, quoteText} from "../../lib/sql.js";
import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {reachColumns} from "./channels.js";
import {warehouseFields} from "./fields.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";

/** `insights.segment_profiles`: what the Segments page counts over; only attributes marked `publish: rows`. */
export function segmentProfilesNode(workspace: Workspace): GraphNode {
  const fields = warehouseFields(workspace).filter(({published}) => published);
  const reached = reachColumns(workspace);
  const sql = profilesSql(workspace, fields, {beside: reachOf(reached)});
  const name = "insights.segment_profiles";
  return typescriptModel({
    header: {
      name,
      description: "Every profile with its published attributes, its metrics and its deciles at the as-of instant.",
      grain: "one row per profile",
      key: ["id"],
      publish: "rows",
      columns: {
        id: "surrogate id",
        category: "what the profile is shown under",
        ...Object.fromEntries(
          fields.map(({column, label, lookback, kind, unit, description}) => [
            column,
            {
              description: [kind === "decile" ? `${label}: decile` : label, lookback, description]
                .filter(Boolean)
                .join(", "),
              unit
            }
          ])
        ),
        ...Object.fromEntries(
          reached.map(({channel, column}) => [
            column,
            `${channel.label ?? channel.id}: reachable, or what speaks against it`
          ])
        )
      }
    },
    file: "loaders/audiences/segmentProfiles.ts",
    inputs: [...profilesInputs(fields, workspace), ...(reached.length > 0 ? ["derived.reach"] : [])],
    content: sql,
    sql,
    async build({database}) {
      await database.run(`create or replace table insights.segment_profiles__new as ${sql}`);
    }
  });
}

/** Beside each profile, why it can be reached or not. */
function reachOf(reached: ReturnType<typeof reachColumns>): {join: string; columns: string[]} | undefined {
  if (reached.length === 0) return undefined;
  const picks = reached.map(
    ({channel, column}) => `max(reason) filter (where channel = ${quoteText(channel.id)}) as ${quoteName(column)}`
  );
  return {
    join: `left join (
  select profile_id, ${picks.join(", ")} from derived.reach group by profile_id
) as reached on reached.profile_id = p.profile_id`,
    columns: reached.map(({column}) => `reached.${quoteName(column)}`)
  };
}
