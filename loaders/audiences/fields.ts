import {formatLookback, parseLookback} from "../../lib/definitions/lookback.js";
import type {ValueType} from "../../lib/definitions/fields.js";
import {eventTypes} from "../../lib/definitions/vocabulary.js";
import type {Field} from "../../lib/rules/field.js";
import type {Workspace} from "../workspace.js";

/** A field as the warehouse knows it. */
export interface WarehouseField extends Field {
  /** Where its value comes from: a column of core.profiles, or of derived.deciles for a metric and lookback. */
  from: string;
  /** Whether it stands in the published table of profiles. */
  published: boolean;
  description: string;
}

/** The metric and lookback that audiences are valued by where nothing else is said: the first metric, 12 months. */
export function defaultMeasure(workspace: Workspace): {metric: string; lookback: string} {
  const metric = Object.keys(workspace.metrics)[0]!;
  const lookbacks = lookbacksOf(workspace, metric);
  return {metric, lookback: lookbacks.includes("12 months") ? "12 months" : lookbacks.at(-1)!};
}

/** The lookbacks of a metric, each in its one spelling. */
function lookbacksOf(workspace: Workspace, metric: string): string[] {
  const lookbacks = workspace.metrics[metric]!.lookbacks ?? workspace.lookbacks;
  return [...new Set(lookbacks.map((text) => formatLookback(parseLookback(text)!)))];
}

/** Every field that a rule may name, as the definitions say: attributes, what each profile's past shows, metrics, deciles. */
export function warehouseFields(workspace: Workspace): WarehouseField[] {
  const taken = new Set(["id", "profile_id", "profile_number", "category", "row"]);
  const column = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name += "_";
    taken.add(name);
    return name;
  };
  const fields = attributes(workspace).map((field) => ({...field, column: column(field.column)}));
  for (const field of built) {
    if (!fields.some(({name}) => name === field.name)) fields.push({...field, column: column(field.column)});
  }
  const forecasts = yieldsOrders(workspace) ? forecastFields : [];
  for (const field of [...rfmFields(workspace), ...forecasts]) fields.push({...field, column: column(field.column)});
  for (const [name, metric] of Object.entries(workspace.metrics)) {
    const label = metric.label ?? name.replaceAll("_", " ");
    const description = metric.description ?? "";
    for (const lookback of lookbacksOf(workspace, name)) {
      const stem = `${name}__${lookback.replaceAll(" ", "_")}`;
      const shared = {name, lookback, label, description, published: true};
      const buckets = metric.buckets ?? workspace.buckets;
      fields.push(
        {...shared, kind: "metric", column: column(stem), from: "value", type: "number", unit: metric.unit},
        {...shared, kind: "decile", column: column(`${stem}__decile`), from: "bucket", type: "integer", buckets}
      );
    }
  }
  return fields;
}

const built: WarehouseField[] = [
  {
    kind: "attribute",
    name: "first_event_date",
    column: "first_event_date",
    from: "first_event_at",
    label: "First event",
    type: "date",
    published: true,
    description: "local date of the first event"
  },
  {
    kind: "attribute",
    name: "last_event_date",
    column: "last_event_date",
    from: "last_event_at",
    label: "Last event",
    type: "date",
    published: true,
    description: "local date of the last event"
  },
  {
    kind: "attribute",
    name: "rfm",
    column: "rfm",
    from: "rfm.segment",
    label: "RFM segment",
    type: "string",
    published: true,
    description: "recency, frequency and monetary value in words"
  }
];

function rfmFields({metrics}: Workspace): WarehouseField[] {
  const {unit} = Object.values(metrics)[0]!;
  const field = (name: string, label: string, description: string, more: Partial<WarehouseField> = {}) =>
    ({
      kind: "rfm",
      name,
      column: `rfm__${name}`,
      from: `rfm.${name}`,
      label,
      type: "integer",
      published: true,
      description,
      ...more
    }) satisfies WarehouseField;
  const quintile = (name: string, of: string) => field(name, `${of} quintile`, "5 is best; equal values share it");
  return [
    field("recency", "Recency", "local days since the last event that counts", {
      from: "rfm.recency_days",
      unit: "days"
    }),
    field("frequency", "Frequency", "events that count, without refunds", {unit: "events"}),
    field("monetary", "Monetary value", "the first metric over the lifetime", {type: "number", unit}),
    quintile("r", "Recency"),
    quintile("f", "Frequency"),
    quintile("m", "Monetary")
  ];
}

const forecastFields: WarehouseField[] = [
  {name: "expected_value", label: "Expected value", unit: "money", description: "within the horizon, discounted: a forecast"}, // prettier-ignore
  {name: "expected_orders", label: "Expected orders", unit: "orders", description: "within the horizon: a forecast"},
  {name: "p_alive", label: "Probability of being a customer still", description: "a forecast"}
].map((field) => ({
  ...field,
  kind: "value",
  column: `value__${field.name}`,
  from: `lifetime.${field.name}`,
  type: "number",
  published: true
}));

/** Whether lifetime value is computed: it is where `value:` says so, or where a source yields purchases. */
function yieldsOrders({value, sources}: Workspace): boolean {
  return value !== undefined || sources.some((source) => eventTypes({...source, id: source.rule}).includes("commerce.purchase")); // prettier-ignore
}

function attributes(workspace: Workspace): WarehouseField[] {
  const found = new Map<string, WarehouseField>();
  for (const source of workspace.sources.filter(({kind}) => kind === "profiles")) {
    for (const [name, definition] of Object.entries(source.attributes)) {
      const field = typeof definition === "string" ? {from: definition} : definition;
      const column = typeof field.from === "string" ? source.columns[field.from] : undefined;
      const full = "publish" in field ? field : undefined;
      const isPersonal = Boolean(full?.personal || column?.personal);
      const published = full?.publish === "rows" && !isPersonal;
      const known = found.get(name);
      if (known) {
        known.published &&= published;
        continue;
      }
      found.set(name, {
        kind: "attribute",
        name,
        column: name,
        from: name,
        label: full?.label ?? name.replaceAll("_", " "),
        type: full?.type ?? column?.type ?? ("string" satisfies ValueType),
        unit: full?.unit,
        published,
        description: full?.description ?? column?.description ?? ""
      });
    }
  }
  return [...found.values()];
}
