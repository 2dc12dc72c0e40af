import type {RuleContext} from "../../../lib/rules/dates.js";
import type {Catalogue} from "../../../lib/rules/field.js";
import type {PlanOptions} from "../../../lib/rules/plan.js";
import {fields} from "./arbitrary.js";
import {eventFields} from "./arbitraryHistory.js";
import type {Engine} from "./engines.js";
import type {Person} from "./history.js";
import {dayOf, lists} from "./oracle.js";

/** Of a field's type, the column's. */
export const columnTypes: Record<string, string> = {
  string: "varchar",
  integer: "bigint",
  decimal: "decimal(18,4)",
  number: "double",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp"
};

/** How plans find the tables that `createWorld` makes: by the people's keys, or by their numbers. */
export function worldOptions(fields: Catalogue, context: RuleContext, by: "key" | "number" = "key"): PlanOptions {
  const number = by === "number" ? {number: "profile_number"} : {};
  return {
    ...context,
    fields,
    list: () => "list",
    profiles: {table: "profiles", key: "i", ...number},
    events: {table: "events", key: "profile_id", ...number},
    ranks: {current: "deciles", snapshots: "decile_snapshots", key: "profile_id"},
    memberships: {table: "audience_members", key: "profile_id"}
  };
}

/** Makes the tables of some people, as the warehouse has them. */
export async function createWorld(engine: Engine, people: Person[], {asOf, timeZone}: RuleContext): Promise<void> {
  const literal = (v: unknown) => (typeof v === "string" ? `'${v.replaceAll("'", "''")}'` : String(v));
  const insert = async (table: string, rows: string[]) => {
    if (rows.length > 0) await engine.run(`insert into ${table} values ${rows.join(",\n")}`);
  };
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const columns = fields.map((f) => `${quote(f.column)} ${f.kind === "decile" ? "utinyint" : columnTypes[f.type]}`);
  await engine.run(`create or replace table profiles (i integer, profile_number uinteger, ${columns.join(", ")})`);
  await insert(
    "profiles",
    people.map(
      ({profile}, i) => `(${[i, numberOf(i), ...fields.map((f) => literal(profile[f.column] ?? null))].join(", ")})`
    )
  );
  const common = eventFields.filter(({name}) => !name.startsWith("properties."));
  const own = eventFields.filter(({name}) => name.startsWith("properties."));
  const struct = own.map(({name, type}) => `${quote(name.slice(11))} ${columnTypes[type]}`).join(", ");
  await engine.run(`create or replace table events (profile_id integer, profile_number uinteger,
    ${common.map(({name, type}) => `${name} ${columnTypes[type]}`).join(", ")}, properties struct(${struct}))`);
  const rows = people.flatMap(({events}, i) =>
    events.map((event) => {
      const known = {...event, event_date: dayOf(event.event_time, timeZone)} as typeof event;
      const value = ({name, type}: (typeof own)[number]) => `${literal(known[name] ?? null)}::${columnTypes[type]}`;
      const packed = own.map((field) => `${quote(field.name.slice(11))} := ${value(field)}`).join(", ");
      return `(${[i, numberOf(i), ...common.map(value), `struct_pack(${packed})`].join(", ")})`;
    })
  );
  // In no order of time.
  await insert("events", rows.toReversed());
  const ranks = people.flatMap(({ranks}, i) => ranks.map((rank) => ({...rank, i})));
  const columnsOfRanks = "profile_id integer, metric varchar, lookback varchar, category varchar, value double, bucket integer"; // prettier-ignore
  const rank = (r: (typeof ranks)[number]) => [
    r.i,
    ...[r.metric, r.lookback, r.category, r.value, r.bucket].map(literal)
  ];
  await engine.run(`create or replace table decile_snapshots (${columnsOfRanks}, as_of timestamp);
    create or replace table deciles (${columnsOfRanks})`);
  await insert("decile_snapshots", ranks.map((r) => `(${[...rank(r), literal(r.as_of)].join(", ")})`)); // prettier-ignore
  const isCurrent = ({as_of}: {as_of: string}) => Date.parse(`${as_of}Z`) === +asOf;
  await insert("deciles", ranks.filter(isCurrent).map((r) => `(${rank(r).join(", ")})`)); // prettier-ignore
  await engine.run(`create or replace table audience_members
    (profile_id integer, audience_id varchar, entered_at timestamp, left_at timestamp)`);
  await insert(
    "audience_members",
    people.flatMap(({stays}, i) =>
      stays.map((stay) => `(${i}, ${[stay.audience_id, stay.entered_at, stay.left_at].map(literal).join(", ")})`)
    )
  );
  await engine.run(
    `create or replace table list as select unnest([${[...lists].map((v) => `'${v}'`).join(", ")}]) as value`
  );
}

/** Distinct, in no order, with a gap. */
function numberOf(i: number): number {
  return (7 * i + 3) % 101;
}
