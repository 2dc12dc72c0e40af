import type {Database} from "../engine/database.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import {relationKind} from "../engine/relationKind.js";
import type {Workspace} from "../workspace.js";
import {requireProfiles} from "./evaluate.js";
import {importIds} from "./importFile.js";
import {readList} from "./lists.js";
import {reasons, type Plan, type PlannedAudience} from "./plan.js";
import {listsOf} from "./ruleCatalogue.js";
import {rulesOf} from "./usedFields.js";

const name = "derived.audience_failures";

/**
 * `derived.audience_failures`: audiences that cannot be evaluated, found before any is: one that fails keeps nobody from
 * evaluating the others. What the check reads, the evaluation reads again.
 */
export function failuresNode(plan: Plan): GraphNode {
  const models = plan.audiences.flatMap(({definition}) => definition.model ?? []);
  const reads = plan.audiences.some(({definition}) => definition.file) ? ["core.identities", "core.profiles"] : [];
  return typescriptModel({
    header: {
      name,
      description: "Audiences that cannot be evaluated. They keep the members that they had.",
      grain: "one row per audience that fails",
      key: ["audience_id"],
      columns: {audience_id: "the audience", reason: "what is wrong, with the file"}
    },
    file: "loaders/audiences/failures.ts",
    inputs: [...models, ...reads],
    tolerates: models,
    content: [plan.key, [...plan.failed]],
    build: (context) => build(context, plan)
  });
}

/** Which audiences cannot be evaluated, as the node found them; in no table, none. */
export async function failedAudiences(database: Database): Promise<Map<string, string>> {
  if (!(await relationKind(database, name))) return new Map();
  const rows = await database.rows<{id: string; reason: string}>(
    `select audience_id as id, reason from ${name} order by audience_id`
  );
  return new Map(rows.map(({id, reason}) => [id, reason]));
}

async function build({database, workspace, progress}: BuildContext, plan: Plan): Promise<void> {
  const failed = new Map(plan.failed);
  // What an unreadable file does to a transaction, it does to one of its own.
  const trial = await database.connect();
  try {
    for (const audience of plan.audiences) {
      if (failed.has(audience.id)) continue;
      const reason = await reasonAgainst(trial, workspace, audience);
      if (reason !== undefined) failed.set(audience.id, reason);
    }
  } finally {
    trial.close();
  }
  const rows = [...reasons(plan.saved, failed)].map(([audience_id, reason]) => ({audience_id, reason}));
  for (const {audience_id, reason} of rows) progress.warn(`audience "${audience_id}" is not evaluated: ${reason}`);
  await database.run(
    `create table ${name}__new as
     select unnest(from_json($rows::json, '[{"audience_id": "VARCHAR", "reason": "VARCHAR"}]'), recursive := true)`,
    {rows: JSON.stringify(rows)}
  );
}

async function reasonAgainst(
  trial: Database,
  workspace: Workspace,
  audience: PlannedAudience
): Promise<string | undefined> {
  const {file, model} = audience.definition;
  try {
    if (model) {
      const why = await trial.value<string>(
        "select stale_reason from runs.versions where name = $model and stale_since is not null",
        {model}
      );
      if (why) return `${audience.file}: model ${model} is stale: ${why}`;
      await requireProfiles(trial, audience, model);
    }
    if (file) await importIds(trial, workspace, file, "audience_imported");
    for (const list of new Set(rulesOf(audience).flatMap(listsOf))) {
      await readList(trial, workspace, list, "audience_list");
    }
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
}
