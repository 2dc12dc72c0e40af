import type {Mistake} from "./check.js";
import type {Definitions, Located} from "./located.js";
import {show, unknownName} from "./explain.js";
import type {Mapped, ValueType} from "./fields.js";
import type {Path} from "./schema.js";
import {primaryIdentity, type SourceDefinition} from "./source.js";
import {declaredAttributes, declaredProperties, plainName} from "./vocabulary.js";

const reserved = ["events", "identities", "profiles", "attributes"];
const numeric: ValueType[] = ["integer", "decimal", "number"];

/** What one source's file must agree on with itself. */
export function crossSource(source: Located<SourceDefinition>): Mistake[] {
  return [...names(source), ...kind(source), ...columns(source), ...privacy(source)];
}

/** What sources must agree on with each other: a property has one type, a lookup's table one source, a person one name. */
export function crossSources({sources}: Pick<Definitions, "sources">): Mistake[] {
  const mistakes: Mistake[] = [];
  const types = new Map<string, {type: ValueType; file: string}>();
  const tables = new Map<string, string>();
  for (const source of sources) {
    for (const {name, type, path} of [...declaredProperties(source.value), ...declaredAttributes(source.value)]) {
      if (type === undefined) continue;
      const first = types.get(name);
      if (first === undefined) types.set(name, {type, file: source.file});
      else if (first.type !== type) {
        mistakes.push(source.mistake(path, `expected type ${first.type} as in ${first.file}, not ${type}`));
      }
    }
    if (source.value.kind !== "lookup") continue;
    const table = source.value.table ?? source.id;
    const other = tables.get(table);
    if (other !== undefined) mistakes.push(source.mistake(["table"], `core.${table} is made by ${other} already`));
    else if (reserved.includes(table)) {
      mistakes.push(source.mistake(["table"], `expected another name than ${table}: core.${table} is Tenfold's own`));
    }
    tables.set(table, source.file);
  }
  return [...mistakes, ...identities(sources)];
}

/**
 * A row belongs to whom its primary identity names, and to nobody else: were a namespace primary in one source and
 * beside another one's primary in a second, one person would be counted as two.
 */
function identities(sources: Definitions["sources"]): Mistake[] {
  const beside = new Map<string, {namespace: string; file: string}>();
  for (const {value, file} of sources) {
    const primary = primaryIdentity(value);
    for (const {namespace} of value.identities) {
      if (primary && namespace !== primary.namespace) beside.set(namespace, {namespace: primary.namespace, file});
    }
  }
  return sources.flatMap(({value, mistake}) => {
    const primary = primaryIdentity(value);
    const other = primary && beside.get(primary.namespace);
    if (!other) return [];
    const place: Path = ["identities", value.identities.indexOf(primary), "namespace"];
    const {namespace, file} = other;
    const message = `people named by ${primary.namespace} here are named by ${namespace} in ${file}: they would be counted twice; name them by ${namespace} here, too, or call this namespace otherwise if they are other people`;
    return [mistake(place, message)];
  });
}

function names({value, mistake}: Located<SourceDefinition>): Mistake[] {
  const known = Object.keys(value.columns);
  const check = (path: Path, mapped: Mapped | undefined) => {
    const name = mapped === undefined ? undefined : plainName(mapped);
    return name === undefined || known.includes(name) ? [] : [mistake(path, unknownName("column", name, known))];
  };
  const field = (path: Path, given: SourceDefinition["attributes"][string]) =>
    typeof given === "string" ? check(path, given) : check([...path, "from"], given.from);
  const {id} = value;
  return [
    ...(id.rule === "column" ? check(["id", "column"], id.column) : []),
    ...(id.rule === "columns" ? id.columns.flatMap((name, i) => check(["id", "columns", i], name)) : []),
    ...value.identities.flatMap((identity, i) => check(["identities", i, "from"], identity.from)),
    ...check(["time"], value.time),
    ...check(["received_at"], value.received_at),
    ...value.events.flatMap((event, i) => [
      ...(["time", "value", "currency", "quantity", "campaign", "send"] as const).flatMap((name) =>
        check(["events", i, name], event[name])
      ),
      ...(typeof event.type === "string" ? [] : check(["events", i, "type", "sql"], event.type.sql)),
      ...check(["events", i, "when"], event.when),
      ...Object.entries(event.properties).flatMap(([name, given]) => field(["events", i, "properties", name], given))
    ]),
    ...Object.entries(value.attributes).flatMap(([name, given]) => field(["attributes", name], given)),
    ...(value.key ?? []).flatMap((name, i) => check(["key", i], name))
  ];
}

function kind({value, mistake, id}: Located<SourceDefinition>): Mistake[] {
  const mistakes: Mistake[] = [];
  const add = (path: Path, message: string) => void mistakes.push(mistake(path, message));
  if (Object.keys(value.columns).length === 0) add(["columns"], "expected at least one column");
  if (value.kind === "lookup") {
    if (value.key === undefined || value.key.length === 0)
      add(["key"], "missing: a lookup needs the columns that name a row");
    for (const name of ["events", "identities"] as const) {
      if (value[name].length > 0) add([name], "a lookup has none: remove it, or set kind: events");
    }
    if (Object.keys(value.attributes).length > 0)
      add(["attributes"], "a lookup has none: remove it, or set kind: profiles");
    if ((value.table ?? id) === "rates") {
      for (const name of ["currency", "date", "rate"]) {
        if (!(name in value.columns)) add(["columns"], `core.rates needs a column ${name}`);
      }
    }
    return mistakes;
  }
  if (value.key !== undefined) add(["key"], `of kind lookup only, not of kind ${value.kind}`);
  if (value.table !== undefined) add(["table"], `of kind lookup only, not of kind ${value.kind}`);
  const primary = value.identities.filter((identity) => identity.primary).length;
  if (value.identities.length === 0) add(["identities"], "missing: expected at least one, the primary one");
  else if (primary > 1) add(["identities"], `expected one with primary: true, not ${primary}`);
  else if (primary === 0 && value.identities.length > 1)
    add(["identities"], "expected one with primary: true, not none");
  value.events.forEach((event, i) => {
    if (value.time === undefined && event.time === undefined) {
      add(["events", i, "time"], "missing: expected here, or `time` of the source, the time of the event");
    }
  });
  if (value.kind === "events") {
    if (value.events.length === 0) add(["events"], "missing: expected at least one event that a row yields");
    if (Object.keys(value.attributes).length > 0) add(["attributes"], "of kind profiles only, not of kind events");
  } else {
    if (Object.keys(value.attributes).length === 0)
      add(["attributes"], "missing: expected at least one that a row sets");
    if (value.time === undefined) add(["time"], "missing: expected the time from which what a row says holds");
  }
  return mistakes;
}

function columns({value, mistake}: Located<SourceDefinition>): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [name, column] of Object.entries(value.columns)) {
    const add = (key: string, message: string) => void mistakes.push(mistake(["columns", name, key], message));
    const isTime = column.type === "date" || column.type === "timestamp";
    if (column.format !== undefined && !isTime) add("format", `of date and timestamp only, not of ${column.type}`);
    if (column.time_zone !== undefined && column.type !== "timestamp") {
      add("time_zone", `of timestamp only, not of ${column.type}`);
    }
    for (const key of ["min", "max"] as const) {
      const bound = column[key];
      if (bound === undefined) continue;
      if (numeric.includes(column.type) && typeof bound !== "number") add(key, `expected a number, not ${show(bound)}`);
      else if (isTime && typeof bound !== "string") add(key, `expected a ${column.type}, not ${show(bound)}`);
      else if (!isTime && !numeric.includes(column.type))
        add(key, `of numbers, dates and timestamps, not of ${column.type}`);
    }
    if (column.min !== undefined && column.max !== undefined && column.min > column.max) {
      add("min", `expected at most max, ${show(column.max)}, not ${show(column.min)}`);
    }
    if (column.pattern !== undefined && column.type !== "string")
      add("pattern", `of string only, not of ${column.type}`);
  }
  value.files?.forEach((glob, i) => {
    if (glob.startsWith("/") || glob.split("/").includes("..")) {
      mistakes.push(mistake(["files", i], `expected a path inside the landing folder, not ${show(glob)}`));
    }
  });
  return mistakes;
}

function privacy(source: Located<SourceDefinition>): Mistake[] {
  const {value, mistake} = source;
  const personal = Object.keys(value.columns).filter((name) => value.columns[name]!.personal);
  return [...declaredProperties(value), ...declaredAttributes(value)].flatMap(({field, path}) => {
    if (typeof field === "string" || field.publish === "none") return [];
    const column = plainName(field.from);
    const why = field.personal
      ? "personal"
      : column !== undefined && personal.includes(column)
        ? `${column} is personal`
        : undefined;
    return why === undefined ? [] : [mistake([...path, "publish"], `expected none, not ${field.publish}: ${why}`)];
  });
}
