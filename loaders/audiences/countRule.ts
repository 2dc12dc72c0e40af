import {checkRule, formatPath} from "../../lib/rules/check.js";
import {
  funnelQuery,
  measureFields,
  nodesOf,
  summaryQuery,
  type CountOptions,
  type Measure
} from "../../lib/rules/count.js";
import {catalogue, fieldOf, type Field} from "../../lib/rules/field.js";
import {containerKind, type Condition, type Rule} from "../../lib/rules/rule.js";
import type {Compiled} from "../../lib/rules/compile.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {defaultMeasure, warehouseFields} from "./fields.js";
import {profilesSql} from "./profilesSql.js";

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
  const all = warehouseFields(workspace);
  const fields = catalogue(all);
  const asOf = await lastAsOf(database);
  const context = {asOf, timeZone: workspace.time_zone};
  const errors = checkRule(rule, fields, context).filter(({severity}) => severity === "error");
  if (errors.length > 0) {
    throw new RuleError(errors.map(({path, message}) => ({place: formatPath(path), message})));
  }
  const used = new Set<Field>([
    ...Object.values(measureFields(measure, fields)),
    ...nodesOf(rule).flatMap((node) => (containerKind(node) ? [] : [fieldOf(node as Condition, fields)]))
  ]);
  const profiles = profilesSql(
    workspace,
    all.filter((field) => used.has(field))
  );
  const options: CountOptions = {...context, fields, measure, table: "rule_profiles"};
  await database.run(`create or replace temp table rule_profiles as ${profiles}`);
  try {
    const ask = <T>({sql, parameters}: Compiled) =>
      database.rows<T>(sql, parameters.length > 0 ? parameters : undefined);
    const splits = await ask<RuleCount["splits"][number]>(summaryQuery(rule, options));
    const [funnel] = await ask<Record<string, number>>(funnelQuery(rule, options));
    const base = await database.value<number>("select count(*) from rule_profiles");
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
    await database.run("drop table rule_profiles");
  }
}

/** The instant that the warehouse's numbers describe. */
async function lastAsOf(database: Database): Promise<Date> {
  const asOf = await database.value<Date | null>("select as_of from runs.versions where name = 'derived.deciles'");
  if (!asOf) throw new Error("nothing to count yet: run `npx tenfold refresh`");
  return asOf;
}
