import type {Mistake} from "./check.js";
import type {Definitions, Located} from "./located.js";
import {unknownName} from "./explain.js";
import type {ValueType} from "./fields.js";
import {formatLookback, parseLookback} from "./lookback.js";
import {isForecast, type MetricDefinition} from "./metric.js";
import {valueDefinition} from "./value.js";
import type {Path} from "./schema.js";
import type {WorkspaceDefinition} from "./workspace.js";
import {declaredAttributes, declaredProperties, eventTypes} from "./vocabulary.js";

/** The columns of `core.events` that a metric may name, and whether they can be added up. */
const eventColumns: Record<string, ValueType> = {
  event_id: "string",
  source: "string",
  event_type: "string",
  event_time: "timestamp",
  event_date: "date",
  received_at: "timestamp",
  identity_id: "string",
  profile_id: "string",
  value: "decimal",
  currency: "string",
  quantity: "decimal",
  campaign_id: "string",
  send_id: "string"
};

/** What workspace.yaml says of sources: event types, properties, attributes. Without any source nothing is known. */
export function crossWorkspace({workspace, sources}: Pick<Definitions, "workspace" | "sources">): Mistake[] {
  const {value, mistake} = workspace;
  const mistakes = repeatedLookbacks(value.lookbacks, ["lookbacks"], mistake);
  for (const [name, metric] of Object.entries(value.metrics)) {
    if (metric.lookbacks)
      mistakes.push(...repeatedLookbacks(metric.lookbacks, ["metrics", name, "lookbacks"], mistake));
  }
  if (sources.length === 0) return mistakes;
  const types = new Set(sources.flatMap((source) => eventTypes(source.value)));
  const properties = new Map<string, ValueType | undefined>();
  for (const source of sources) {
    for (const {name, type} of [...declaredProperties(source.value), ...declaredAttributes(source.value)]) {
      properties.set(name, properties.get(name) ?? type);
    }
  }
  for (const [name, metric] of Object.entries(value.metrics)) {
    mistakes.push(...crossMetric(workspace, ["metrics", name], metric, types, properties));
  }
  return [...mistakes, ...category(workspace, sources)];
}

function crossMetric(
  {value, mistake, says}: Located<WorkspaceDefinition>,
  path: Path,
  metric: MetricDefinition,
  types: Set<string>,
  properties: Map<string, ValueType | undefined>
): Mistake[] {
  const mistakes: Mistake[] = [];
  const add = (rest: Path, message: string) => void mistakes.push(mistake([...path, ...rest], message));
  const unknownType = (rest: Path, type: string) => {
    if (!types.has(type))
      add(rest, `no source yields ${unknownName("event type", type, types).replace("unknown ", "")}`);
  };
  if (isForecast(metric)) {
    const orders = value.value?.orders ?? valueDefinition.parse({}).orders;
    if (!orders.some((type) => types.has(type))) {
      add(["expression"], `no source yields ${orders.join(" or ")}: say under \`value:\` which event types are orders`);
    }
    return mistakes;
  }
  metric.events.forEach((type, i) => unknownType(["events", i], type));
  if (says([...path, "refunds"])) metric.refunds.forEach((type, i) => unknownType(["refunds", i], type));
  const column = (rest: Path, name: string): ValueType | undefined => {
    const property = /^properties\.(.+)$/.exec(name)?.[1];
    if (property !== undefined && !properties.has(property))
      add(rest, unknownName("property", property, properties.keys()));
    else if (property === undefined && !(name in eventColumns)) {
      add(
        rest,
        unknownName("column", name, [
          ...Object.keys(eventColumns),
          ...[...properties.keys()].map((p) => `properties.${p}`)
        ])
      );
    }
    return property === undefined ? eventColumns[name] : properties.get(property);
  };
  const [, call, argument] = /^(\w+)\((.+)\)$/.exec(metric.expression)!;
  if (argument === "*" && call !== "count") add(["expression"], `${call} needs a column: only count takes *`);
  if (argument !== "*") {
    const type = column(["expression"], argument!);
    if (call === "sum" && type !== undefined && !["integer", "decimal", "number"].includes(type)) {
      add(["expression"], `sum needs a number: ${argument} is of type ${type}`);
    }
  }
  metric.dedupe?.forEach((name, i) => column(["dedupe", i], name));
  for (const [, name] of withoutTexts(metric.filter ?? "").matchAll(/\bproperties\.([a-z_]\w*)/gi)) {
    if (!properties.has(name!.toLowerCase())) add(["filter"], unknownName("property", name!, properties.keys()));
  }
  return mistakes;
}

function category({value, mistake}: Located<WorkspaceDefinition>, sources: Definitions["sources"]): Mistake[] {
  const {attribute, property} = value.category ?? {};
  const attributes = new Set(sources.flatMap((source) => declaredAttributes(source.value).map((field) => field.name)));
  const properties = new Set(sources.flatMap((source) => declaredProperties(source.value).map((field) => field.name)));
  if (attribute !== undefined && !attributes.has(attribute)) {
    return [mistake(["category", "attribute"], unknownName("attribute", attribute, attributes))];
  }
  if (property !== undefined && !properties.has(property)) {
    return [mistake(["category", "property"], unknownName("property", property, properties))];
  }
  return [];
}

function repeatedLookbacks(lookbacks: string[], path: Path, mistake: Located<unknown>["mistake"]): Mistake[] {
  const spelt = lookbacks.map((text) => formatLookback(parseLookback(text)!));
  return spelt.flatMap((text, i) =>
    spelt.indexOf(text) < i ? [mistake([...path, i], `"${text}" stands twice in the list`)] : []
  );
}

function withoutTexts(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, "''");
}
