import {quoteName, quoteText} from "../../lib/sql.js";
import {formatIdSql} from "../../lib/surrogate.js";
import {toLocalSql} from "../engine/zones.js";
import type {Workspace} from "../workspace.js";
import {defaultMeasure, type WarehouseField} from "./fields.js";

/**
 * The query of one wide row per profile: its id (as people see it, or `profile_id` as the warehouse has it), its
 * category, a column per field given, and what is joined beside them; `only` of one profile; in the order of the ids
 * unless nobody minds. Every metric and lookback is taken from derived.deciles in one pass.
 */
export function profilesSql(
  workspace: Workspace,
  fields: WarehouseField[],
  {
    key = "id",
    beside,
    only,
    isOrdered = true
  }: {
    key?: "id" | "profile_id";
    beside?: {join: string; columns: string[]} | undefined;
    only?: bigint;
    isOrdered?: boolean;
  } = {}
): string {
  const ranked = fields.filter(isRanked);
  const codes = new Map<string, number>();
  for (const {name, lookback} of ranked)
    codes.set(code(name, lookback!), codes.get(code(name, lookback!)) ?? codes.size);
  const from = ["from core.profiles as p"];
  const columns = fields.map((field) => {
    if (isRanked(field)) return `d.${quoteName(field.column)}`;
    return `${attributeSql(field, workspace)} as ${quoteName(field.column)}`;
  });
  const ctes: string[] = [];
  if (ranked.length > 0) {
    const picks = ranked.map((field) => {
      const type = field.kind === "decile" ? "utinyint" : "double";
      return `max(case code when ${codes.get(code(field.name, field.lookback!))} then ${field.from} end)::${type} as ${quoteName(field.column)}`;
    });
    ctes.push(`coded as (
  select profile_id, value, bucket, ${codeSql(ranked, codes)}::utinyint as code
  from derived.deciles where category = '*'
),
d as (
  select profile_id, ${picks.join(",\n    ")}
  from coded where code is not null group by profile_id
)`);
    from.push("left join d on d.profile_id = p.profile_id");
  }
  for (const [alias, table] of Object.entries(perProfile)) {
    if (fields.some((field) => field.from.startsWith(`${alias}.`))) {
      from.push(`left join ${table} as ${alias} on ${alias}.profile_id = p.profile_id`);
    }
  }
  const category = categorySql(workspace);
  if (category.cte) ctes.push(category.cte);
  if (category.join) from.push(category.join);
  if (beside) from.push(beside.join);
  return `${ctes.length > 0 ? `with ${ctes.join(",\n")}\n` : ""}select ${[
    key === "id" ? `${formatIdSql("p.profile_id")} as id` : "p.profile_id",
    `${category.sql} as category`,
    ...columns,
    ...(beside?.columns ?? [])
  ].join(",\n  ")}
${from.join("\n")}
${only === undefined ? "" : `where p.profile_id = ${only}`}
${isOrdered ? "order by p.profile_id" : ""}`;
}

/** The tables that the query reads. */
export function profilesInputs(fields: WarehouseField[], workspace: Workspace): string[] {
  return [
    "core.profiles",
    ...(fields.some(isRanked) || workspace.category?.property ? ["derived.deciles"] : []),
    ...Object.entries(perProfile).flatMap(([alias, table]) =>
      fields.some(({from}) => from.startsWith(`${alias}.`)) ? table : []
    )
  ];
}

/** The tables of one row per profile that fields come from, by the alias that their `from` begins with. */
const perProfile = {rfm: "derived.rfm", lifetime: "derived.lifetime_value"};

function isRanked({kind}: WarehouseField): boolean {
  return kind === "metric" || kind === "decile";
}

/** SQL of a ranking's code: by columns of their own, which are codes already, instead of by texts put together. */
function codeSql(ranked: WarehouseField[], codes: ReadonlyMap<string, number>): string {
  const metrics = [...new Set(ranked.map(({name}) => name))].map((name) => {
    const lookbacks = [...new Set(ranked.filter((field) => field.name === name).map(({lookback}) => lookback!))];
    const cases = lookbacks.map((lookback) => `when ${quoteText(lookback)} then ${codes.get(code(name, lookback))}`);
    return `when ${quoteText(name)} then case lookback ${cases.join(" ")} end`;
  });
  return `case metric ${metrics.join(" ")} end`;
}

function code(metric: string, lookback: string): string {
  return `${metric}|${lookback}`;
}

function attributeSql(field: WarehouseField, workspace: Workspace): string {
  if (field.from.includes(".")) return field.type === "number" ? `${field.from}::double` : field.from;
  const column = `p.${quoteName(field.from)}`;
  if (field.from !== "first_event_at" && field.from !== "last_event_at") return column;
  return `(${toLocalSql(column, workspace.time_zone)})::date`;
}

/**
 * The category that a profile is shown under: its attribute, or of categories that belong to events the one with the
 * greatest value by the default measure, the first by name among equals.
 */
function categorySql(workspace: Workspace): {sql: string; cte?: string; join?: string} {
  const {category} = workspace;
  if (category?.attribute) return {sql: `coalesce(p.${quoteName(category.attribute)}::varchar, '(none)')`};
  if (!category) return {sql: "'(none)'"};
  const {metric, lookback} = defaultMeasure(workspace);
  return {
    sql: "coalesce(c.category, '(none)')",
    cte: `best as (
  select profile_id, category, row_number() over (partition by profile_id order by value desc, category) as place
  from derived.deciles
  where metric = ${quoteText(metric)} and lookback = ${quoteText(lookback)} and category <> '*'
),
c as (select profile_id, category from best where place = 1)`,
    join: "left join c on c.profile_id = p.profile_id"
  };
}
