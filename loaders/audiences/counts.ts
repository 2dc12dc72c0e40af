import {modelHeader} from "../../lib/definitions/model.js";
import {compileRule} from "../../lib/rules/compile.js";
import {describeRule} from "../../lib/rules/describe.js";
import {catalogue, fieldOf, type Field} from "../../lib/rules/field.js";
import {ruleHash} from "../../lib/rules/canonical.js";
import {childrenOf, containerKind, type Condition, type Rule, type Scalar} from "../../lib/rules/rule.js";
import {quoteName, quoteText, type Database} from "../engine/database.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {defaultMeasure, warehouseFields, type WarehouseField} from "./fields.js";
import {fingerprint} from "./fingerprint.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";
import type {Audience} from "./readAudiences.js";

/**
 * `derived.audience_splits`: every saved audience counted exactly, by category and decile, all in one pass over only
 * the columns that their rules name; and `derived.audience_counts`, its totals.
 */
export function countNodes(workspace: Workspace, audiences: Audience[]): GraphNode[] {
  const fields = usedFields(workspace, audiences);
  const measure = defaultMeasure(workspace);
  const print = fingerprint(audiences, measure, profilesSql(workspace, fields));
  const splits: GraphNode = {
    name: "derived.audience_splits",
    header: modelHeader.parse({
      name: "derived.audience_splits",
      description: "Saved audiences by category and decile, beside everybody (audience_id is null).",
      grain: "one row per audience, category and decile",
      columns: {
        audience_id: "the file's name; null for everybody",
        category: "as in insights.segment_profiles",
        decile: "by metric and lookback; null for inactive",
        profiles: "how many",
        value: {description: "their sum of the metric", unit: workspace.metrics[measure.metric]!.unit}
      },
      publish: "aggregate"
    }),
    file: "loaders/audiences/counts.ts",
    inputs: profilesInputs(fields, workspace),
    fingerprint: print,
    usesAsOf: true,
    build: (context) => buildSplits(context, audiences, fields)
  };
  const counts: GraphNode = {
    name: "derived.audience_counts",
    header: modelHeader.parse({
      name: "derived.audience_counts",
      description: "Saved audiences, counted exactly over all profiles.",
      grain: "one row per audience",
      key: ["audience_id"],
      columns: {
        audience_id: "the file's name",
        name: "as given",
        description: "as given",
        sentence: "the rule read aloud",
        rule: "the rule as JSON",
        rule_hash: "changes when the rule's meaning does",
        profiles: "how many are in",
        share: {description: "of all profiles", unit: "share"},
        value: {description: "their sum of the metric", unit: workspace.metrics[measure.metric]!.unit},
        share_value: {description: "of everybody's", unit: "share"},
        metric: "what value is of",
        lookback: "over which window",
        base_profiles: "all profiles",
        base_value: "of all profiles",
        as_of: "exclusive end of every window"
      },
      publish: "aggregate"
    }),
    file: "loaders/audiences/counts.ts",
    inputs: ["derived.audience_splits"],
    fingerprint: print,
    usesAsOf: true,
    build: (context) => buildCounts(context, audiences)
  };
  return [splits, counts];
}

async function buildSplits({database, workspace, asOf}: BuildContext, audiences: Audience[], fields: WarehouseField[]) {
  const {metric, lookback} = defaultMeasure(workspace);
  const options = {fields: catalogue(fields), asOf, timeZone: workspace.time_zone};
  const column = (kind: Field["kind"]) =>
    quoteName(options.fields.find(measureSubject(kind, metric, lookback))!.column);
  let parameters: Scalar[] = [];
  const members = audiences.map(({definition}) => {
    const compiled = compileRule(definition.rule!, {...options, parameters});
    parameters = compiled.parameters;
    return compiled.sql;
  });
  const target = "derived.audience_splits__new";
  await database.run(`create or replace table ${target}
    (audience_id varchar, category varchar, decile integer, profiles bigint, value double)`);
  const counted = members.map(
    (sql, i) => `count(*) filter (where ${sql}) as n${i}, sum(value) filter (where ${sql}) as v${i}`
  );
  await runWith(
    database,
    `create or replace temp table audience_pass as
     with profiles as (${profilesSql(workspace, fields)}),
     valued as (select *, ${column("metric")}::decimal(38, 4) as value, ${column("decile")} as decile from profiles)
     select ${["category", "decile", "count(*) as n", "sum(value) as v", ...counted].join(", ")}
     from valued group by category, decile`,
    parameters
  );
  const rows = [
    {id: null as string | null, n: "n", v: "v"},
    ...audiences.map(({id}, i) => ({id, n: `n${i}`, v: `v${i}`}))
  ];
  for (const {id, n, v} of rows) {
    await database.run(`insert into ${target}
      select ${id === null ? "null" : quoteText(id)}, category, decile, ${n}, coalesce(${v}, 0)
      from audience_pass where ${n} > 0 order by category, decile nulls last`);
  }
  await database.run("drop table audience_pass");
}

async function buildCounts({database, workspace, asOf}: BuildContext, audiences: Audience[]) {
  const {metric, lookback} = defaultMeasure(workspace);
  const wording = {fields: catalogue(warehouseFields(workspace)), currency: workspace.currency};
  await database.run(`create or replace temp table audience_texts
    (audience_id varchar, name varchar, description varchar, sentence varchar, rule varchar, rule_hash varchar)`);
  for (const {id, definition} of audiences) {
    const {name, description = null, rule} = definition;
    await database.run("insert into audience_texts values ($1, $2, $3, $4, $5, $6)", [
      id,
      name,
      description,
      describeRule(rule!, wording),
      JSON.stringify(rule),
      ruleHash(rule!)
    ]);
  }
  await database.run(
    `create or replace table derived.audience_counts__new as
     with base as (
       select coalesce(sum(profiles), 0) as profiles, coalesce(sum(value), 0) as value
       from derived.audience_splits where audience_id is null
     ),
     members as (
       select audience_id, sum(profiles) as profiles, sum(value) as value
       from derived.audience_splits where audience_id is not null group by audience_id
     )
     select t.*, coalesce(m.profiles, 0)::bigint as profiles,
       coalesce(m.profiles, 0) / nullif(base.profiles, 0)::double as share, coalesce(m.value, 0)::double as value,
       coalesce(m.value, 0) / nullif(base.value, 0) as share_value, $1::varchar as metric, $2::varchar as lookback,
       base.profiles::bigint as base_profiles, base.value as base_value, $3::timestamp as as_of
     from audience_texts as t cross join base left join members as m using (audience_id)
     order by audience_id`,
    [metric, lookback, asOf]
  );
  await database.run("drop table audience_texts");
}

/** The fields that some audience's rule names, and those that everybody is counted by. */
function usedFields(workspace: Workspace, audiences: Audience[]): WarehouseField[] {
  const {metric, lookback} = defaultMeasure(workspace);
  const all = warehouseFields(workspace);
  const fields = catalogue(all);
  const used = new Set<Field | undefined>([
    fields.find(measureSubject("metric", metric, lookback)),
    fields.find(measureSubject("decile", metric, lookback))
  ]);
  const visit = (rule: Rule): void => {
    if (containerKind(rule)) childrenOf(rule).forEach(visit);
    else used.add(fieldOf(rule as Condition, fields));
  };
  for (const {definition} of audiences) visit(definition.rule!);
  return all.filter((field) => used.has(field));
}

function measureSubject(kind: Field["kind"], metric: string, lookback: string) {
  return kind === "decile" ? {decile: metric, lookback} : {metric, lookback};
}

function runWith(database: Database, sql: string, parameters: Scalar[]): Promise<void> {
  return parameters.length > 0 ? database.run(sql, parameters) : database.run(sql);
}
