import {compileRule, type Compiled} from "../../lib/rules/compile.js";
import {fieldOf} from "../../lib/rules/field.js";
import {compilePlan, type PlanOptions} from "../../lib/rules/plan.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Scalar, Subject} from "../../lib/rules/subject.js";
import {quoteColumn, quoteName} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import {withDenseGroups} from "../engine/denseGroups.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import type {WarehouseField} from "./fields.js";
import {readList} from "./lists.js";
import {greatestNumber, hasNumbers, numbered} from "./numbers.js";
import type {Pass} from "./pass.js";
import {profilesSql} from "./profilesSql.js";
import {listsOf, partitionsOf, ruleCatalogue} from "./ruleCatalogue.js";
import {staysTable} from "./stays.js";
import {rulesOf} from "./usedFields.js";

/** Everything that rules compare, side by side: one row per profile, called `p`. */
export interface Wide {
  table: string;
  /** A rule as SQL over the table. */
  condition(rule: Rule, parameters: Scalar[]): Compiled;
  /** The column of a field. */
  column(subject: Subject): string;
  drop(): Promise<void>;
}

/**
 * Makes the wide table of what the rules of audiences ask for: a column per field, and one per distinct measure of
 * events, sequence, metric of another time and membership. Many audiences thus share few passes over the events.
 */
export async function widen(
  pass: Pass,
  audiences: Audience[],
  all: Audience[],
  fields: WarehouseField[]
): Promise<Wide> {
  const {database} = pass;
  const greatest = await greatestNumber(database, profilesTable);
  const options = {
    ...(await planOptions(pass, all, fields)),
    profiles: {table: profilesTable, key: "profile_id", ...(greatest !== undefined && {number: "profile_number"})}
  };
  const plan = compilePlan(audiences.flatMap(rulesOf), options);
  const made = plan.tables();
  for (const {name, sql, parameters, columns} of made) {
    await withDenseGroups(database, {greatest, aggregates: columns}, () =>
      database.run(`create or replace temp table ${name} as ${sql}`, parameters.length > 0 ? parameters : undefined)
    );
  }
  const measured: string[] = [];
  for (const {name} of made) {
    for (const {name: column} of await columnsOf(database, name)) {
      if (column !== "_key") measured.push(`${name}.${column} as ${quoteColumn(`${name}.${column}`)}`);
    }
  }
  const table = measured.length > 0 ? "audience_wide" : profilesTable;
  if (measured.length > 0) {
    await database.run(
      `create or replace temp table ${table} as select p.*, ${measured.join(", ")} from ${plan.from()}`
    );
  }
  for (const {name} of made) await database.run(`drop table ${name}`);
  return {
    table,
    condition(rule, parameters) {
      const compiled = compileRule(rule, {...plan.options, parameters});
      return {...compiled, sql: compiled.sql.replace(planned, (column) => `p.${quoteColumn(column)}`)};
    },
    column: (subject) => quoteName(fieldOf(subject, options.fields).column),
    async drop() {
      if (table !== profilesTable) await database.run(`drop table ${table}`);
    }
  };
}

/** The table of profiles that plans are made over. */
export const profilesTable = "audience_profiles";

/** Makes the table of profiles with the fields given. */
export async function openProfiles({database, workspace}: Pass, fields: WarehouseField[]): Promise<void> {
  const beside = (await hasNumbers(database, "core.events")) ? numbered : undefined;
  await database.run(
    `create or replace temp table ${profilesTable} as ${profilesSql(workspace, fields, {key: "profile_id", beside})}`
  );
}

/** The columns of planned tables in SQL: events_1._0. Values are parameters, so no text holds one. */
const planned = /\b(?:events|sequences|ranks|members)_\d+\._\d+\b/g;

/** What rules are compiled over in the warehouse; lists that rules name become temporary tables. */
export async function planOptions(
  {database, workspace, asOf}: Pass,
  all: Audience[],
  fields: WarehouseField[],
  more: Rule[] = []
): Promise<PlanOptions> {
  const rules = [...all.flatMap(rulesOf), ...more];
  const lists = await readLists(database, workspace, rules);
  const partitions = await partitionsOf(database, rules);
  return {
    fields: ruleCatalogue(workspace, {audiences: all, partitions, fields}),
    asOf,
    timeZone: workspace.time_zone,
    profiles: {table: profilesTable, key: "profile_id"},
    events: {table: "core.events", key: "profile_id", number: "profile_number"},
    ranks: {current: "derived.deciles", snapshots: "derived.decile_snapshots", key: "profile_id"},
    memberships: {table: staysTable, key: "profile_id"},
    list: (file) => lists.get(file)!
  };
}

async function readLists(database: Database, workspace: Workspace, rules: Rule[]): Promise<Map<string, string>> {
  const lists = new Map<string, string>();
  for (const file of new Set(rules.flatMap(listsOf))) {
    const name = `audience_list_${lists.size}`;
    await readList(database, workspace, file, name);
    lists.set(file, name);
  }
  return lists;
}
