import {Parameters} from "../../lib/rules/bind.js";
import {checkRule} from "../../lib/rules/check.js";
import {countQuery, type Measure} from "../../lib/rules/count.js";
import {formatPath} from "../../lib/rules/finding.js";
import {nodesOf, partsAlone, stepsOf} from "../../lib/rules/funnel.js";
import {compilePlan} from "../../lib/rules/plan.js";
import {isAudience, type Rule} from "../../lib/rules/rule.js";
import type {Database} from "../engine/database.js";
import {withDenseGroups} from "../engine/denseGroups.js";
import type {Workspace} from "../workspace.js";
import {failedAudiences} from "./failures.js";
import {countedProfiles} from "./countedProfiles.js";
import {defaultMeasure} from "./fields.js";
import {greatestNumber} from "./numbers.js";
import {soundAudiences} from "./readAudiences.js";
import {partitionsOf, ruleCatalogue} from "./ruleCatalogue.js";
import {openStays, staysTable} from "./stays.js";
import {rulesOf} from "./usedFields.js";
import {planOptions} from "./widen.js";

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
  /** How many each part holds for on its own (`partsAlone`), and what is left after each step of an outermost `all`, `left0`, …. */
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
  const named = audiencesIn(rule);
  // Reading some hundred definitions takes longer than counting.
  const saved = named.length > 0 ? soundAudiences(workspace, undefined, await failedAudiences(database)) : [];
  const asOf = await lastAsOf(database);
  const context = {asOf, timeZone: workspace.time_zone};
  const inside = saved.flatMap(rulesOf);
  const partitions = await partitionsOf(database, [rule, ...inside]);
  const known = ruleCatalogue(workspace, {audiences: saved, partitions});
  const errors = checkRule(rule, known, context).filter(({severity}) => severity === "error");
  if (errors.length > 0) {
    throw new RuleError(errors.map(({path, message}) => ({place: formatPath(path), message})));
  }
  const greatest = await greatestNumber(database, "derived.audience_base");
  const {fields, ...profiles} = countedProfiles(workspace, [rule, ...inside], measure, greatest !== undefined);
  const pass = {database, workspace, asOf};
  if (named.length > 0) await openStays(database, named, asOf);
  try {
    const parts = partsAlone(rule).map((part) => part.rule);
    const options = await planOptions(pass, saved, fields, [rule]);
    const plan = compilePlan(parts, {...options, profiles: {...profiles, key: "profile_id"}, deciding: true});
    // Where nothing can hold for anybody else, only those whom the one pass has found are looked up.
    const isWithin = parts.every(plan.isWithin);
    const parameters = new Parameters();
    const before = plan.with(parameters);
    const table = plan.from(isWithin ? "join" : "left join");
    const {sql, parameters: values} = countQuery(rule, {
      ...plan.options,
      measure,
      table,
      parameters: parameters.values
    });
    const rows = await withDenseGroups(database, {greatest, aggregates: plan.columns}, () =>
      database.rows<Counted>(before + sql, values.length > 0 ? values : undefined)
    );
    const counts = summed(rule, rows);
    const base = isWithin
      ? (await database.value<number>("select count(*) from derived.audience_base"))!
      : rows.reduce((sum, {everybody}) => sum + everybody, 0);
    return {...counts, base, measure, asOf, method: "exact"};
  } finally {
    if (named.length > 0) await database.run(`drop table if exists ${staysTable}`);
  }
}

/** A row of `countQuery`. */
type Counted = {category: string; decile: number | null; passed: number; everybody: number; value: number | null} & Record<string, number>; // prettier-ignore

function summed(rule: Rule, rows: Counted[]): Pick<RuleCount, "count" | "value" | "funnel" | "splits"> {
  const splits = new Map<string, RuleCount["splits"][number]>();
  const funnel: Record<string, number> = {};
  const steps = stepsOf(rule).map((_, i) => `left${i}`);
  for (const name of [...partsAlone(rule).map((part) => part.name), ...steps]) funnel[name] = 0;
  for (const {category, decile, passed, everybody, value, ...alone} of rows) {
    for (const [name, count] of Object.entries(alone)) funnel[name]! += count;
    for (const name of steps.slice(0, passed)) funnel[name]! += everybody;
    if (alone.n0 === 0) continue;
    const key = JSON.stringify([category, decile]);
    const split = splits.get(key) ?? {category, decile, profiles: 0, value: 0};
    splits.set(key, {...split, profiles: split.profiles + alone.n0!, value: split.value + Number(value ?? 0)});
  }
  // Sums of doubles end in noise: what everybody is worth has four decimals.
  const value = Math.round(1e4 * [...splits.values()].reduce((sum, split) => sum + split.value, 0)) / 1e4;
  return {count: funnel.n0!, value, funnel, splits: [...splits.values()]};
}

/** The audiences that a rule names. */
function audiencesIn(rule: Rule): string[] {
  return nodesOf(rule).flatMap((node) => (isAudience(node) ? [node.audience] : []));
}

/** The instant that the warehouse's numbers describe. */
async function lastAsOf(database: Database): Promise<Date> {
  const asOf = await database.value<Date | null>("select as_of from runs.versions where name = 'derived.deciles'");
  if (!asOf) throw new Error("nothing to count yet: refresh first");
  return asOf;
}
