import type {BuildContext, GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {dropFound, findMembers, foundTable, holdoutsOf} from "./evaluate.js";
import {failedAudiences} from "./failures.js";
import type {Plan, PlannedAudience} from "./plan.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";
import {fieldsOfAudiences, rulesOf} from "./usedFields.js";

/** `derived.audience_now`: who is in which audience, drafts included, at the as-of instant. */
export function audienceNowNode(workspace: Workspace, plan: Plan): GraphNode {
  const fields = fieldsOfAudiences(workspace, plan.saved);
  const models = plan.audiences.flatMap(({definition}) => definition.model ?? []);
  const usesIdentities = plan.audiences.some(({definition: {file, top, split}}) => file || top || split);
  return typescriptModel({
    header: {
      name: "derived.audience_now",
      description:
        "Who is in which audience at the as-of instant, drafts included. An audience that is not due, or fails, keeps the members of its last run.",
      grain: "one row per audience and member",
      columns: {
        audience_id: "the file's name",
        profile_id: "the member",
        arm: "of a split; null where there is none",
        is_holdout: "whether the arm is kept out"
      },
      tests: [{not_null: ["audience_id", "profile_id", "is_holdout"]}]
    },
    file: "loaders/audiences/audienceNow.ts",
    inputs: [
      ...profilesInputs(fields, workspace),
      ...rulesInputs(plan.audiences),
      ...models,
      "derived.audience_failures",
      ...(usesIdentities ? ["core.identities"] : [])
    ],
    tolerates: models,
    content: [plan.key, profilesSql(workspace, fields)],
    usesAsOf: true,
    build: (context) => build(context, plan)
  });
}

/** The tables that rules read beside the profiles'. */
function rulesInputs(audiences: Audience[]): string[] {
  const text = JSON.stringify(audiences.map(rulesOf));
  return [
    ...(/"(event|no_event)":/.test(text) ? ["core.events"] : []),
    ...(/"at":/.test(text) ? ["derived.decile_snapshots"] : []),
    ...(/"category":/.test(text) ? ["derived.deciles"] : [])
  ];
}

async function build({database, workspace, asOf}: BuildContext, {audiences, saved}: Plan): Promise<void> {
  const failed = await failedAudiences(database);
  const isFound = ({id, isDue}: PlannedAudience) => isDue && !failed.has(id);
  const sound = saved.filter(({id}) => !failed.has(id));
  await findMembers({database, workspace, asOf}, audiences.filter(isFound), sound);
  const kept = audiences.filter((audience) => !isFound(audience)).map(({id}) => id);
  await database.run(
    `create table derived.audience_now__new as
     with holdouts as (
       select unnest(from_json($holdouts::json, '[{"audience_id": "VARCHAR", "arm": "VARCHAR"}]'), recursive := true)
     )
     select found.*, holdouts.arm is not null as is_holdout
     from (
       from ${foundTable}
       union all
       select audience_id, profile_id, arm from records.audience_members
       where audience_id in (select unnest(from_json($kept::json, '["VARCHAR"]')))
         and entered_at <= $asOf and (left_at is null or left_at > $asOf)
     ) as found
     left join holdouts on holdouts.arm = found.arm and holdouts.audience_id = found.audience_id`,
    {asOf, holdouts: JSON.stringify(holdoutsOf(audiences)), kept: JSON.stringify(kept)}
  );
  await dropFound(database);
}
