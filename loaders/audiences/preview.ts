import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {dropFound, findMembers, foundTable, requireProfiles} from "./evaluate.js";
import {failedAudiences} from "./failures.js";
import {countRule} from "./countRule.js";
import {defaultMeasure} from "./fields.js";
import {funnelRows, type FunnelRow} from "./funnelRows.js";
import {importIds} from "./importFile.js";
import {soundAudiences} from "./readAudiences.js";
import {ruleCatalogue} from "./ruleCatalogue.js";
import {describeAudience} from "./wording.js";

/** Who a definition takes in, counted over every profile of what the last refresh left. */
export interface Preview {
  count: number;
  /** Their sum of the metric. */
  value: number;
  asOf: Date;
  method: "exact";
  metric: string;
  lookback: string;
  /** All profiles, and their sum of the metric. */
  base: {count: number; value: number};
  sentence: string;
  /** Of an import: different ids, and how many name nobody. */
  ids?: {ids: number; unmatched: number};
  arms: {arm: string | null; count: number}[];
  reach: {channel: string; reason: string; count: number}[];
  /** Of a rule: how many each part of it keeps. */
  funnel?: FunnelRow[];
}

/** The count alone, for whoever needs no more. */
export type PreviewCount = Pick<Preview, "count" | "value" | "asOf" | "method">;

/**
 * Counts the audience that a text defines, saved or not, exactly, in what a refresh has left. Throws DefinitionError
 * with every mistake, and an error before the first refresh. Of a rule that takes in all who meet it the count alone is
 * one query, and needs none of its members.
 */
export async function previewCount(
  database: Database,
  workspace: Workspace,
  given: Workspace["audiences"][number]
): Promise<PreviewCount> {
  const saved = withText(workspace, given, await failedAudiences(database));
  const {rule, top} = saved.find(({id}) => id === given.id)!.definition;
  if (!rule || top) return previewAudience(database, workspace, given);
  const asOf = await evaluatedAsOf(database);
  const {count, value, method} = await countRule(database, workspace, rule);
  return {count, value, asOf, method};
}

/** The same with who they are: arms, reach, and how many each part of the rule keeps. */
export async function previewAudience(
  database: Database,
  workspace: Workspace,
  given: Workspace["audiences"][number]
): Promise<Preview> {
  const {metric, lookback} = defaultMeasure(workspace);
  const saved = withText(workspace, given, await failedAudiences(database));
  const audience = saved.find(({id}) => id === given.id)!;
  const asOf = await evaluatedAsOf(database);
  if (audience.definition.model) await requireProfiles(database, audience, audience.definition.model);
  const ids =
    audience.definition.file && (await importIds(database, workspace, audience.definition.file, "audience_ids"));
  await findMembers({database, workspace, asOf}, [audience], saved);
  const counted = await database.row<{count: number; value: number}>(
    `select count(*) as count, coalesce(sum(value), 0)::double as value
     from ${foundTable} left join derived.audience_base using (profile_id)`
  );
  const base = await database.row<{count: number; value: number}>(
    "select count(*) as count, coalesce(sum(value), 0)::double as value from derived.audience_base"
  );
  const arms = await database.rows<{arm: string | null; count: number}>(
    `select arm, count(*) as count from ${foundTable} group by arm having arm is not null order by arm`
  );
  const reach = await database.rows<{channel: string; reason: string; count: number}>(
    `select channel, reason, count(*) as count from ${foundTable} join derived.reach using (profile_id)
     group by all order by channel, count desc, reason`
  );
  await dropFound(database);
  await database.run("drop table if exists temp.audience_ids");
  const sentence = describeAudience(workspace, audience.definition);
  const {rule} = audience.definition;
  const funnel =
    rule &&
    funnelRows(rule, (await countRule(database, workspace, rule)).funnel, {
      fields: ruleCatalogue(workspace, {audiences: saved}),
      currency: workspace.currency
    });
  return {
    ...counted!,
    asOf,
    method: "exact",
    metric,
    lookback,
    base: base!,
    sentence,
    ...(ids && {ids}),
    arms,
    reach,
    ...(funnel && {funnel})
  };
}

/** The instant that the audiences of the warehouse are evaluated for. Throws before the first refresh. */
export async function evaluatedAsOf(database: Database): Promise<Date> {
  const asOf = await database.value<Date | null>("select as_of from runs.versions where name = 'derived.audience_now'");
  if (!asOf) throw new Error("no audience is evaluated yet: refresh first");
  return asOf;
}

/** The sound audiences with a text as one of them. Throws DefinitionError. */
function withText(
  workspace: Workspace,
  given: Workspace["audiences"][number],
  failed: ReadonlyMap<string, string>
): Audience[] {
  const others = workspace.audiences.filter(({id}) => id !== given.id);
  return soundAudiences({...workspace, audiences: [...others, given]}, given.id, failed);
}
