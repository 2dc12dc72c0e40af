import {catalogue, fieldOf} from "../../lib/rules/field.js";
import {quoteName} from "../../lib/sql.js";
import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {numbered} from "./numbers.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";
import {measureSubjects, usedFields} from "./usedFields.js";

/** `derived.audience_base`: everybody with the category, decile and value that audiences are described by. */
export function baseNode(workspace: Workspace): GraphNode {
  const subjects = measureSubjects(workspace);
  const fields = usedFields(workspace, [], [subjects.metric, subjects.decile]);
  const column = (subject: keyof typeof subjects) => quoteName(fieldOf(subjects[subject], catalogue(fields)).column);
  const sql = `select profile_id, profile_number, category, ${column("decile")} as decile,
    coalesce(${column("metric")}, 0)::decimal(18, 4) as value
    from (${profilesSql(workspace, fields, {key: "profile_id", beside: numbered})})`;
  const name = "derived.audience_base";
  return typescriptModel({
    header: {
      name,
      description:
        "Everybody, with what audiences are described by: the first metric over 12 months, or its longest lookback.",
      grain: "one row per profile",
      key: ["profile_id"],
      columns: {
        profile_id: "the profile",
        profile_number: {description: "as in core.events: what counting groups by", publish: "none"},
        category: "as in insights.segment_profiles",
        decile: "by the metric; null for inactive",
        value: {description: "the metric", unit: workspace.metrics[Object.keys(workspace.metrics)[0]!]!.unit}
      }
    },
    file: "loaders/audiences/base.ts",
    inputs: profilesInputs(fields, workspace),
    content: sql,
    async build({database}) {
      await database.run(`create table ${name}__new as ${sql}`);
    }
  });
}
