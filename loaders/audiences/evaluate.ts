import type {Rule} from "../../lib/rules/rule.js";
import type {Scalar} from "../../lib/rules/subject.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Audience} from "./audience.js";
import {drawSql, personSql} from "./draw.js";
import {importIds} from "./importFile.js";
import type {Pass} from "./pass.js";
import {rankSubject, topSql} from "./rank.js";
import {neededBy, references} from "./references.js";
import {levelsOf, openStays, staysTable, takeIn} from "./stays.js";
import {fieldsOfAudiences} from "./usedFields.js";
import {openProfiles, profilesTable, widen, type Wide} from "./widen.js";

/** What an evaluation finds: `audience_id, profile_id, arm`. */
export const foundTable = "audience_found";

/**
 * Finds the members of audiences in one pass: what their rules ask of profiles, events, other times and other audiences
 * becomes the columns of one wide table, each distinct thing once, which is then scanned for each audience. `known` are
 * the audiences that rules may name. Fills `audience_found`.
 */
export async function findMembers(pass: Pass, audiences: Audience[], known: Audience[]): Promise<void> {
  const {database, workspace, asOf} = pass;
  const all = neededBy(audiences, known);
  // A number says which audience: ten million texts would take their time. Nobody's row stands first: after an audience
  // without members the engine would show none of a large one (`putIn`).
  await database.run(`
    create or replace temp table audience_numbered as
    select null::usmallint as number, 0::ubigint as profile_id, null::varchar as arm;
    create or replace temp table audience_numbers (number usmallint, audience_id varchar);
    create or replace temp view ${foundTable} as
    select audience_id, profile_id, arm from audience_numbered join audience_numbers using (number);
  `);
  await database.run(
    `insert into audience_numbers
     select generate_subscripts(ids, 1) - 1, unnest(ids) from (select from_json($ids::json, '["VARCHAR"]') as ids)`,
    {ids: JSON.stringify(audiences.map(({id}) => id))}
  );
  if (audiences.some(({definition}) => drawsOf(definition).length > 0)) {
    await database.run(
      `create or replace temp table audience_people as
       select profile_id, ${personSql} as person from core.identities where identity_id = profile_id`
    );
  }
  const named = new Set(all.flatMap(({definition}) => references(definition)).map(({audience}) => audience));
  await openStays(database, [...named], asOf);
  const fields = fieldsOfAudiences(workspace, all);
  await openProfiles(pass, fields);
  for (const level of levelsOf(audiences, all)) {
    const wide = await widen(pass, level, all, fields);
    for (const audience of level) {
      const {file} = audience.definition;
      if (file) await importIds(database, workspace, file, "audience_imported");
      const {sql, parameters} = membersSql(audience, wide, audiences.indexOf(audience));
      await database.run(`insert into audience_numbered ${sql}`, parameters.length > 0 ? parameters : undefined);
    }
    const seen = level.filter(({id}) => named.has(id)).map(({id}) => id);
    if (seen.length > 0) await takeIn(database, seen, foundTable, asOf);
    await wide.drop();
  }
  await database.run(`
    drop table ${staysTable};
    drop table ${profilesTable};
    drop table if exists temp.audience_people;
    drop table if exists temp.audience_imported;
  `);
}

/** Drops what an evaluation has found. */
export async function dropFound(database: Database): Promise<void> {
  await database.run(`drop view ${foundTable}; drop table audience_numbered; drop table audience_numbers`);
}

/** The arms of audiences that are kept out. */
export function holdoutsOf(audiences: Audience[]): {audience_id: string; arm: string}[] {
  return audiences.flatMap(({id, definition}) => holdoutArms(definition).map((arm) => ({audience_id: id, arm})));
}

/** The query of an audience's members and their arms. */
function membersSql({id, definition}: Audience, wide: Wide, number: number) {
  const {rule, file, model, top, seed = id} = definition;
  let parameters: Scalar[] = [];
  const condition = (tree: Rule) => {
    const compiled = wide.condition(tree, parameters);
    parameters = compiled.parameters;
    return compiled.sql;
  };
  const isIn = file
    ? "profile_id in (from audience_imported)"
    : model
      ? `profile_id in (select profile_id from ${quoteName(model)})`
      : condition(rule!);
  const columns = ["profiles.*"];
  if (top) columns.push(`${wide.column(rankSubject(top))} as rank_value`);
  const draws = drawsOf(definition);
  for (const purpose of draws) columns.push(`${drawSql(seed, purpose, "people.person")} as draw_${purpose}`);
  const people = draws.length > 0 ? "left join audience_people as people using (profile_id)" : "";
  const sql = `
    with matched as not materialized (select * from ${wide.table} as p where ${isIn}),
    drawn as not materialized (select ${columns.join(", ")} from matched as profiles ${people}),
    best as not materialized (${top ? topSql("drawn", top) : "from drawn"}),
    armed as not materialized (select profile_id, ${armSql(definition, condition)} as arm from best as p)
    select ${number}, profile_id, arm from armed`;
  return {sql, parameters};
}

/** SQL of a member's arm; null where no arm takes them. */
function armSql({split}: Audience["definition"], condition: (rule: Rule) => string): string {
  if (!split) return "null::varchar";
  const cases: string[] = [];
  if (split.holdout) cases.push(`when draw_holdout < ${split.holdout / 100} then 'holdout'`);
  const arms = Object.entries(split.arms);
  let sum = 0;
  let rest = "null";
  for (const [i, [name, {percent, where}]] of arms.entries()) {
    sum += percent ?? 0;
    if (where) cases.push(`when ${condition(where)} then ${quoteText(name)}`);
    else if (percent && i < arms.length - 1) cases.push(`when draw_arm < ${sum / 100} then ${quoteText(name)}`);
    else rest = quoteText(name);
  }
  return cases.length > 0 ? `case ${cases.join(" ")} else ${rest} end` : rest;
}

function holdoutArms({split}: Audience["definition"]): string[] {
  const arms = Object.entries(split?.arms ?? {}).filter(([, arm]) => arm.holdout);
  return [...(split?.holdout ? ["holdout"] : []), ...arms.map(([name]) => name)];
}

function drawsOf({top, split}: Audience["definition"]) {
  const isSplit = Object.values(split?.arms ?? {}).some(({percent}) => percent !== undefined);
  return [
    ...(split?.holdout ? (["holdout"] as const) : []),
    ...(isSplit ? (["arm"] as const) : []),
    ...(top?.ties === "seed" ? (["tie"] as const) : [])
  ];
}

/** Throws where a model says of nobody that they are in. */
export async function requireProfiles(database: Database, {file}: Audience, model: string): Promise<void> {
  const columns = await database.rows<{name: string; type: string}>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_catalog = current_database() and table_schema || '.' || table_name = $model`,
    {model}
  );
  if (columns.length === 0) throw new Error(`${file}: no model makes a table ${model}`);
  if (columns.find(({name}) => name === "profile_id")?.type !== "UBIGINT") {
    throw new Error(`${file}: model ${model} has no column profile_id of the type that core.profiles has`);
  }
}
