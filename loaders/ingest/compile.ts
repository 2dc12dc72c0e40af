import {createHash} from "node:crypto";
import type {Mapped} from "../../lib/definitions/fields.js";
import type {EventMapping} from "../../lib/definitions/source.js";
import {fromLocal} from "../../lib/calendar.js";
import {quoteName, quoteText, type Database} from "../engine/database.js";
import type {Source, Workspace} from "../workspace.js";
import {columnChecks, type Check} from "./checks.js";
import {sqlType} from "./columns.js";
import {resolveExpressions, type Expression, type Mapping} from "./expressions.js";
import {eventsOf, fieldOf, fieldType} from "./fields.js";
import {junkSql, normaliseSql} from "./identities.js";
import {toLocalSql, toUtcSql} from "./zones.js";

/** Bump when the same definition would give other events, so that every source is taken in again. */
const version = 1;

/** An event that a row yields, in the staging table's terms: every field is SQL over its columns. */
export interface CompiledEvent {
  type: string;
  when?: string;
  time: string;
  date: string;
  value: string;
  currency: string;
  quantity: string;
  campaign: string;
  send: string;
  properties: Map<string, string>;
}

/** A source turned into SQL: what one pass over a file computes, checks and keeps. */
export interface CompiledSource {
  source: Source;
  hash: string;
  zone: string;
  /** Columns of the staging table, computed in the one pass: name → SQL over the typed columns. */
  staged: Map<string, string>;
  checks: Check[];
  /** Text that the id is made of; undefined for rules `row` and `content`. */
  key?: string;
  receivedAt?: string;
  identities: {namespace: string; value: string; primary: boolean}[];
  events: CompiledEvent[];
}

export async function compileSource(database: Database, workspace: Workspace, source: Source): Promise<CompiledSource> {
  const events = eventsOf(source);
  const resolved = await resolveExpressions(database, source, [...mappingsOf(source, events)]);
  const zone = source.time_zone ?? workspace.time_zone;
  const staged = new Map<string, string>();
  const names = new Map<string, string>();
  const checks: Check[] = columnChecks(source, workspace.time_zone);
  const stage = (sql: string): string => {
    const known = names.get(sql);
    if (known) return known;
    const name = `_x${staged.size}`;
    staged.set(name, sql);
    names.set(sql, name);
    return name;
  };
  const stageCast = (path: string, type: string, on: string, place: string): string => {
    const expression = resolved.get(path);
    if (!expression) return `null::${type}`;
    if (expression.constant !== undefined) return `${expression.sql}::${type}`;
    if (expression.type === type) return stage(expression.sql);
    const name = stage(`try_cast(${expression.sql} as ${type})`);
    if (type !== "VARCHAR") {
      checks.push({
        code: "wrong_type",
        column: place,
        level: 2,
        condition: `${on}${expression.sql} is not null and ${name} is null`,
        value: `${expression.sql}::varchar`,
        message: `${place} is no ${type.toLowerCase()}`
      });
    }
    return name;
  };

  const identities = source.identities.map((identity, i) => {
    const expression = resolved.get(`identities.${i}.from`)!;
    return {...identity, value: stage(normaliseSql(`${expression.sql}::varchar`, identity.normalise))};
  });
  const primaryAt = Math.max(
    0,
    identities.findIndex((identity) => identity.primary)
  );

  const compiled: CompiledEvent[] = events.map((event, i) => {
    const base = `events.${i}`;
    const when = resolved.get(`${base}.when`);
    const whenName = when && stage(`coalesce(${when.sql}, false)`);
    const on = whenName ? `${whenName} and ` : "";
    const time = timeSql(resolved.get(`${base}.time`) ?? resolved.get("time"), zone);
    const timeName = time.constant ? time.sql : stage(time.sql);
    const type = typeof event.type === "string" ? quoteText(event.type) : stage(resolved.get(`${base}.type`)!.sql);
    if (typeof event.type !== "string") {
      checks.push({
        code: "unknown_event_type",
        column: "type",
        level: 2,
        condition: `${on}coalesce(${type} not in (${event.type.values.map(quoteText).join(", ")}), true)`,
        value: `${type}::varchar`,
        message: `the event type is none of ${event.type.values.join(", ")}`
      });
    }
    if (!time.constant) {
      checks.push({
        code: "time_missing",
        column: "time",
        level: 2,
        condition: `${on}${timeName} is null`,
        value: "null",
        message: "the event has no time: map `time` to a column that is filled in every row"
      });
      checks.push({
        code: "event_in_future",
        column: "time",
        level: 2,
        condition: `${on}${timeName} > $limit`,
        value: `${timeName}::varchar`,
        message: "the event is later than its file's arrival plus one day: check the date format and the time zone"
      });
    }
    const field = (name: string, type: string) => stageCast(`${base}.${name}`, type, on, name);
    return {
      type,
      when: whenName,
      time: timeName,
      date: time.date ?? `(${toLocalSql(timeName, workspace.time_zone)})::date`,
      value: field("value", "DECIMAL(18,4)"),
      currency: field("currency", "VARCHAR"),
      quantity: field("quantity", "DECIMAL(18,4)"),
      campaign: field("campaign", "VARCHAR"),
      send: field("send", "VARCHAR"),
      properties: new Map(
        Object.entries(event.properties).map(([name, property]) => [
          name,
          field(`properties.${name}`, sqlType(fieldType(source, fieldOf(property))))
        ])
      )
    };
  });

  if (identities.length > 0) {
    const {value, namespace} = identities[primaryAt]!;
    const yields = compiled.some((event) => !event.when)
      ? ""
      : `(${compiled.map((event) => event.when).join(" or ")}) and `;
    checks.push(
      {
        code: "identity_missing",
        column: namespace,
        level: 2,
        condition: `${yields}${value} is null`,
        value: "null",
        message: `the row does not say whose it is: ${namespace} is empty`
      },
      {
        code: "identity_junk",
        column: namespace,
        level: 2,
        condition: `${yields}${junkSql(value)}`,
        value,
        message: `the ${namespace} is a placeholder that many people share, not an id`
      }
    );
  }
  return {
    source,
    hash: definitionHash(workspace, source),
    zone,
    staged,
    checks,
    key: keySql(source, checks),
    receivedAt: source.received_at && stage(timeSql(resolved.get("received_at"), zone).sql),
    identities: identities.map(({namespace, value}, i) => ({namespace, value, primary: i === primaryAt})),
    events: compiled
  };
}

function* mappingsOf(source: Source, events: EventMapping[]): Generator<Mapping> {
  const one = function* (path: string, mapped?: Mapped): Generator<Mapping> {
    if (mapped !== undefined) yield {path, mapped};
  };
  yield* one("time", source.time);
  yield* one("received_at", source.received_at);
  for (const [i, identity] of source.identities.entries()) yield* one(`identities.${i}.from`, identity.from);
  for (const [i, event] of events.entries()) {
    const base = `events.${i}`;
    if (typeof event.type !== "string") yield* one(`${base}.type`, event.type.sql);
    for (const name of ["when", "time", "value", "currency", "quantity", "campaign", "send"] as const) {
      yield* one(`${base}.${name}`, event[name]);
    }
    for (const [name, field] of Object.entries(event.properties)) {
      yield* one(`${base}.properties.${name}`, fieldOf(field).from);
    }
  }
}

/** A time field as UTC: dates are the zone's midnights, texts are read in the zone, timestamps are UTC already. */
function timeSql(expression: Expression | undefined, zone: string): {sql: string; date?: string; constant?: boolean} {
  if (!expression) return {sql: "null::timestamp"};
  if (typeof expression.constant === "string") {
    const instant = fromLocal(
      new Date(`${expression.constant.replace(" ", "T").slice(0, 19).padEnd(19, "T00:00:00")}Z`),
      zone
    );
    return {sql: `timestamp '${instant.toISOString().slice(0, 19).replace("T", " ")}'`, constant: true};
  }
  if (expression.type === "TIMESTAMP") return {sql: expression.sql};
  if (expression.type.startsWith("TIMESTAMP WITH")) return {sql: `${expression.sql}::timestamp`};
  return {sql: toUtcSql(`try_cast(${expression.sql} as timestamp)`, zone)};
}

function keySql(source: Source, checks: Check[]): string | undefined {
  if (source.rule.rule === "row" || source.rule.rule === "content") return undefined;
  const columns = source.rule.rule === "column" ? [source.rule.column] : source.rule.columns;
  const empty = columns.map((name) => `${quoteName(name)} is null`).join(" and ");
  checks.push({
    code: "id_missing",
    column: columns.join(", "),
    level: 2,
    condition: empty,
    value: "null",
    message: "the row has no id: it could not be told from another"
  });
  return columns.map((name) => `coalesce(${quoteName(name)}::varchar, chr(0))`).join(" || chr(31) || ");
}

/** A hash of everything in a definition that decides the events; descriptions and publishing marks do not. */
function definitionHash(workspace: Workspace, source: Source): string {
  const silent = new Set(["description", "label", "unit", "personal", "publish", "file"]);
  const text = JSON.stringify([version, workspace.time_zone, workspace.currency, source], (name, value) =>
    silent.has(name) && typeof value !== "object" ? undefined : value
  );
  return createHash("sha256").update(text).digest("hex");
}
