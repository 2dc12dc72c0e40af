import {fromLocal} from "../../lib/calendar.js";
import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import type {Mapped} from "../../lib/definitions/fields.js";
import type {Path} from "../../lib/definitions/schema.js";
import {primaryIdentity, type EventMapping} from "../../lib/definitions/source.js";
import {quoteInstant, quoteName, quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import {toLocalSql, toUtcSql} from "../engine/zones.js";
import type {Source, Workspace} from "../workspace.js";
import {columnChecks, type Check} from "./checks.js";
import {sqlType, timestampSql} from "./columns.js";
import {resolveExpressions, type Expression, type Mapping} from "./expressions.js";
import {eventsOf, fieldOf, fieldType} from "./fields.js";
import {definitionHash} from "./hash.js";
import {junkSql} from "./junk.js";
import {ratesVersion} from "./rates.js";
import {StagingPlan, type Field} from "./staging.js";

/** An event that a row yields, over the staging table. */
export interface CompiledEvent {
  type: Field;
  /** Staging column that is true where the row yields it; undefined where every row does. */
  when?: string;
  time: Field;
  value: Field;
  quantity: Field;
  currency: Field;
  campaign: Field;
  send: Field;
  properties: Map<string, Field>;
  /** Where the currency may be a foreign one: SQL of the currency and the local date, for the rate. */
  exchange?: {currency: string; date: string};
}

/** How the engine has to read a file that its fast pass does not get through. */
export interface Needs {
  lenient: boolean;
  careful: boolean;
}

/** A source turned into SQL: what one pass over a file computes, checks and keeps. */
export interface CompiledSource {
  source: Source;
  /** Hash of what decides the events. */
  hash: string;
  zone: string;
  currency: string;
  /** Staging columns: name → SQL over the typed columns. */
  staged: Map<string, string>;
  checks: Check[];
  /** Text that the id is made of; undefined for rules `row` and `content`. */
  key?: string;
  receivedAt?: string;
  identities: {namespace: string; value: string; normalise: "none" | "lower" | "email"; primary: boolean}[];
  /** Every event type that a row may yield. */
  types: string[];
  events: CompiledEvent[];
  /** What files were found to need, by name. */
  needs: Map<string, Needs>;
}

/** Checks what every source maps, before a file is taken in. Throws one DefinitionError with every mistake. */
export async function checkSources(database: Database, sources: Source[]): Promise<void> {
  const mistakes: Mistake[] = [];
  for (const source of sources) {
    try {
      await resolveExpressions(database, source, [...mappingsOf(source, eventsOf(source))]);
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
}

/** Turns a source's definition into SQL. Throws DefinitionError where an expression does not hold. */
export async function compileSource(database: Database, workspace: Workspace, source: Source): Promise<CompiledSource> {
  const events = eventsOf(source);
  const resolved = await resolveExpressions(database, source, [...mappingsOf(source, events)]);
  const zone = source.time_zone ?? workspace.time_zone;
  const plan = new StagingPlan();
  plan.checks.push(...columnChecks(source));
  const whose = primaryIdentity(source);
  const identities = source.identities.map((identity, i) => {
    const {namespace, normalise} = identity;
    const {sql} = resolved.get(`identities.${i}.from`)!;
    return {namespace, normalise, primary: identity === whose, value: plan.stage(`${sql}::varchar`)};
  });
  const compiled = events.map((event, i) =>
    compileEvent(workspace, source, event, `events.${i}`, resolved, plan, zone)
  );
  const primary = identities.find((identity) => identity.primary);
  if (primary) checkIdentity(plan, primary, compiled);
  const received = resolved.get("received_at");
  return {
    source,
    hash: definitionHash(
      workspace,
      source,
      compiled.some((event) => event.exchange) ? await ratesVersion(database) : ""
    ),
    zone,
    currency: workspace.currency,
    key: keySql(source, plan),
    receivedAt: received && plan.stage(timeSql(received, zone).sql),
    staged: source.kind === "lookup" ? new Map([...lookupColumns(source), ...plan.columns]) : plan.columns,
    checks: plan.checks,
    identities,
    types: events.flatMap((event) => (typeof event.type === "string" ? [event.type] : event.type.values)),
    events: compiled,
    needs: new Map()
  };
}

function compileEvent(
  workspace: Workspace,
  source: Source,
  event: EventMapping,
  path: string,
  resolved: Map<string, Expression>,
  plan: StagingPlan,
  zone: string
): CompiledEvent {
  const when = resolved.get(`${path}.when`);
  const whenName = when && plan.stage(`coalesce(${when.sql}, false)`);
  const on = whenName ? `${whenName} and ` : "";
  const field = (name: string, type: string) => plan.field(resolved.get(`${path}.${name}`), type, name, on);
  const time = timeField(resolved.get(`${path}.time`) ?? resolved.get("time"), zone, plan, on);
  const value = field("value", "DECIMAL(18,4)");
  const home = workspace.currency;
  const currency = currencyField(resolved.get(`${path}.currency`), source.currency ?? home, plan);
  const foreign = resolved.has(`${path}.value`) && !(currency.constant && currency.sql === quoteText(home));
  return {
    type: typeField(event, resolved.get(`${path}.type`), plan, on),
    when: whenName,
    time,
    value,
    quantity: field("quantity", "DECIMAL(18,4)"),
    currency: resolved.has(`${path}.value`) ? currency : {sql: "null::varchar", constant: true},
    campaign: field("campaign", "VARCHAR"),
    send: field("send", "VARCHAR"),
    properties: new Map(
      Object.entries(event.properties).map(([name, property]) => [
        name,
        field(`properties.${name}`, sqlType(fieldType(source, fieldOf(property))))
      ])
    ),
    ...(foreign && {
      exchange: {currency: currency.sql, date: `(${toLocalSql(time.sql, workspace.time_zone)})::date`}
    })
  };
}

function typeField(event: EventMapping, expression: Expression | undefined, plan: StagingPlan, on: string): Field {
  if (typeof event.type === "string") return {sql: quoteText(event.type), constant: true};
  const field = plan.coded(expression!.sql, event.type.values);
  plan.checks.push({
    code: "unknown_event_type",
    column: "type",
    level: 2,
    condition: `${on}${field.sql} is null`,
    value: `try(${expression!.sql})::varchar`,
    message: `the event type is none of ${event.type.values.join(", ")}`
  });
  return field;
}

function timeField(expression: Expression | undefined, zone: string, plan: StagingPlan, on: string): Field {
  const {sql, constant} = timeSql(expression, zone);
  if (constant) return {sql, constant};
  const name = plan.stage(sql);
  // People look for the file's column, not for the field it fills.
  const column = expression?.column ?? "time";
  plan.checks.push(
    {
      code: "time_missing",
      column,
      level: 2,
      condition: `${on}${name} is null`,
      value: "null",
      message: "the event has no time: map `time` to what is filled in every row"
    },
    {
      code: "event_in_future",
      column,
      level: 2,
      condition: `${on}${name} > $limit`,
      value: `try(${expression!.sql})::varchar`,
      message: "later than the file's arrival plus one day: check the date format and the time zone"
    }
  );
  return {sql: name, constant: false};
}

function currencyField(expression: Expression | undefined, usual: string, plan: StagingPlan): Field {
  if (!expression) return {sql: quoteText(usual), constant: true};
  if (expression.constant !== undefined)
    return {sql: quoteText(String(expression.constant).toUpperCase()), constant: true};
  return {
    sql: plan.stage(`coalesce(nullif(upper(trim(${expression.sql}::varchar)), ''), ${quoteText(usual)})`),
    constant: false
  };
}

function checkIdentity(
  plan: StagingPlan,
  {value, namespace}: {value: string; namespace: string},
  events: CompiledEvent[]
): void {
  const yields = events.some((event) => !event.when) ? "" : `(${events.map((event) => event.when).join(" or ")}) and `;
  const check = (code: string, condition: string, message: string): Check => ({
    code,
    column: namespace,
    level: 2,
    condition: `${yields}${condition}`,
    value,
    message
  });
  const blank = `(${value} is null or (starts_with(${value}, ' ') and trim(${value}) = ''))`;
  plan.checks.push(
    check("identity_missing", blank, `the row does not say whose it is: its ${namespace} is empty`),
    check("identity_junk", junkSql(value), `a placeholder that many people would share, not a ${namespace}`)
  );
}

/** A time as UTC: dates are the zone's midnights, texts are read in the zone, timestamps are UTC already. */
function timeSql(expression: Expression | undefined, zone: string): {sql: string; constant?: boolean} {
  if (!expression) return {sql: "null::timestamp"};
  if (typeof expression.constant === "string") {
    const text = expression.constant.trim().replace(" ", "T");
    const exact = /(Z|[+-]\d\d:?\d\d)$/.test(text) && text.length > 10;
    const instant = exact
      ? new Date(text)
      : fromLocal(new Date(`${text}${text.length > 10 ? "" : "T00:00:00"}Z`), zone);
    return {sql: quoteInstant(instant), constant: true};
  }
  if (expression.type === "TIMESTAMP") return {sql: expression.sql};
  if (expression.type === "TIMESTAMP WITH TIME ZONE") return {sql: `${expression.sql}::timestamp`};
  if (expression.type === "VARCHAR") return {sql: timestampSql(expression.sql, undefined, zone)};
  return {sql: toUtcSql(`try_cast(${expression.sql} as timestamp)`, zone)};
}

function keySql({rule}: Source, plan: StagingPlan): string | undefined {
  if (rule.rule === "row" || rule.rule === "content") return undefined;
  const columns = rule.rule === "column" ? [rule.column] : rule.columns;
  const names = columns.map((name) => (name.startsWith("_") ? name : quoteName(name)));
  plan.checks.push({
    code: "id_missing",
    column: columns.join(", "),
    level: 2,
    condition: names.map((name) => `${name} is null`).join(" and "),
    value: "null",
    message: "the row has no id: it could not be told from another"
  });
  if (names.length === 1) return `${names[0]}::varchar`;
  return names.map((name) => `coalesce(${name}::varchar, chr(0))`).join(" || chr(31) || ");
}

function lookupColumns(source: Source): Map<string, string> {
  return new Map(Object.keys(source.columns).map((name) => [quoteName(name), quoteName(name)]));
}

function* mappingsOf(source: Source, events: EventMapping[]): Generator<Mapping> {
  const one = function* (path: string, mapped: Mapped | undefined, place?: Path): Generator<Mapping> {
    if (mapped !== undefined) yield {path, mapped, place};
  };
  yield* one("time", source.time);
  yield* one("received_at", source.received_at);
  for (const [i, identity] of source.identities.entries()) yield* one(`identities.${i}.from`, identity.from);
  for (const [i, event] of events.entries()) {
    const base = `events.${i}`;
    const listed = source.events.indexOf(event);
    const place: Path = listed < 0 ? [] : ["events", listed];
    if (typeof event.type !== "string") yield* one(`${base}.type`, event.type.sql, [...place, "type", "sql"]);
    for (const name of ["when", "time", "value", "currency", "quantity", "campaign", "send"] as const) {
      yield* one(`${base}.${name}`, event[name], [...place, name]);
    }
    for (const [name, field] of Object.entries(event.properties)) {
      const at: Path = listed < 0 ? ["attributes", name] : [...place, "properties", name];
      yield* one(`${base}.properties.${name}`, fieldOf(field).from, typeof field === "string" ? at : [...at, "from"]);
    }
  }
}
