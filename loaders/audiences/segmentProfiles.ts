import {modelHeader} from "../../lib/definitions/model.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {warehouseFields} from "./fields.js";
import {fingerprint} from "./fingerprint.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";

/** `insights.segment_profiles`: what the Segments page counts over; only attributes marked `publish: rows`. */
export function segmentProfilesNode(workspace: Workspace): GraphNode {
  const fields = warehouseFields(workspace).filter(({published}) => published);
  const sql = profilesSql(workspace, fields);
  const name = "insights.segment_profiles";
  return {
    name,
    header: modelHeader.parse({
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
        )
      }
    }),
    file: "loaders/audiences/segmentProfiles.ts",
    inputs: profilesInputs(fields, workspace),
    fingerprint: fingerprint(sql),
    usesAsOf: false,
    sql,
    async build({database}) {
      await database.run(`create or replace table insights.segment_profiles__new as ${sql}`);
    }
  };
}
