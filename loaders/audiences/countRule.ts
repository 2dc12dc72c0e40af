import {checkRule} from "../../lib/rules/check.js";
import type {Compiled} from "../../lib/rules/compile.js";
import {funnelQuery, nodesOf, summaryQuery, type CountOptions, type Measure} from "../../lib/rules/count.js";
import {formatPath} from "../../lib/rules/finding.js";
import {compilePlan} from "../../lib/rules/plan.js";
import {isAudience, type Rule} from "../../lib/rules/rule.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {failedAudiences} from "./failures.js";
import {defaultMeasure} from "./fields.js";
import {soundAudiences} from "./readAudiences.js";
import {partitionsOf, ruleCatalogue} from "./ruleCatalogue.js";
import {openStays, staysTable} from "./stays.js";
import {rulesOf, usedFields} from "./usedFields.js";
import {openProfiles, planOptions, profilesTable} from "./widen.js";

/** A rule counted over every profile of the warehouse. */
export interface RuleCount {
  count: number;
  /** Their sum of the measure. */
  value: number;
  measure: Measure;
  /** All profiles, whoever is in. */
  base: number;
  asOf: Date;
  method: "exact";
  /** How many each node holds on its own (`n0`, … parents first), and what is left after each step of an outermost `all`. */
  funnel: Record<string, number>;
  /** By category and decile; decile null for inactive. */
  splits: {category: string; decile: number | null; profiles: number; value: number}[];
}

/** A rule that cannot be counted: what is wrong with it, by place in the tree. */
export class RuleError extends Error {
  constructor(readonly findings: {place: string; message: string}[]) {
    super(findings.map(({place, message}) => `${place}: ${message}`).join("\n"));
    this.name = "RuleError";
  }
}

/**
 * Counts a rule exactly, personal fields included, in what a refresh has left (the snapshot, or the warehouse itself).
 * Reads only the columns that the rule and the measure name. Throws RuleError.
 */
export async function countRule(
  database: Database,
  workspace: Workspace,
  rule: Rule,
  measure: Measure = defaultMeasure(workspace)
): Promise<RuleCount> {
  const saved = soundAudiences(workspace, undefined, await failedAudiences(database));
  const asOf = await lastAsOf(database);
  const context = {asOf, timeZone: workspace.time_zone};
  const known = ruleCatalogue(workspace, {audiences: saved, partitions: await partitionsOf(database)});
  const errors = checkRule(rule, known, context).filter(({severity}) => severity === "error");
  if (errors.length > 0) {
    throw new RuleError(errors.map(({path, message}) => ({place: formatPath(path), message})));
  }
  const named = audiencesIn(rule);
  const inside = named.length > 0 ? saved.flatMap(rulesOf) : [];
  const {metric, lookback} = measure;
  const fields = usedFields(
    workspace,
    [rule, ...inside],
    [
      {metric, lookback},
      {decile: metric, lookback}
    ]
  );
  const pass = {database, workspace, asOf};
  const made: string[] = [profilesTable];
  await openProfiles(pass, fields);
  try {
    if (named.length > 0) {
      await openStays(database, named, asOf);
      made.push(staysTable);
    }
    const options = await planOptions(pass, saved, fields, [rule]);
    const plan = compilePlan([rule], options);
    for (const {name, sql, parameters} of plan.tables()) {
      await ask(database, {sql: `create or replace temp table ${name} as ${sql}`, parameters});
      made.push(name);
    }
    const counting: CountOptions = {...plan.options, measure, table: plan.from()};
    const splits = await ask<RuleCount["splits"][number]>(database, summaryQuery(rule, counting));
    const [funnel] = await ask<Record<string, number>>(database, funnelQuery(rule, counting));
    const base = await database.value<number>(`select count(*) from ${profilesTable}`);
    return {
      count: splits.reduce((sum, {profiles}) => sum + profiles, 0),
      value: splits.reduce((sum, {value}) => sum + (value ?? 0), 0),
      measure,
      base: base!,
      asOf,
      method: "exact",
      funnel: funnel!,
      splits
    };
  } finally {
    for (const name of made) await database.run(`drop table if exists ${name}`);
  }
}

function ask<T>(database: Database, {sql, parameters}: Compiled): Promise<T[]> {
  return database.rows<T>(sql, parameters.length > 0 ? parameters : undefined);
}

/** The audiences that a rule names. */
function audiencesIn(rule: Rule): string[] {
  return nodesOf(rule).flatMap((node) => (isAudience(node) ? [node.audience] : []));
}

/** The instant that the warehouse's numbers describe. */
async function lastAsOf(database: Database): Promise<Date> {
  const asOf = await database.value<Date | null>("select as_of from runs.versions where name = 'derived.deciles'");
  if (!asOf) throw new Error("nothing to count yet: run `npx tenfold refresh`");
  return asOf;
}
