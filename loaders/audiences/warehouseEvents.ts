import type {ValueType} from "../../lib/definitions/fields.js";
import {publishedEvents} from "../../lib/definitions/publishedEvents.js";
import {declaredProperties, eventTypes} from "../../lib/definitions/vocabulary.js";
import type {EventField, EventType} from "../../lib/rules/surroundings.js";
import type {Workspace} from "../workspace.js";

/** The events that rules may name, as the sources define them. */
export function warehouseEvents({sources}: Pick<Workspace, "sources">): {
  eventTypes: (EventType & {published: boolean})[];
  eventFields: (EventField & {types: string[]; published: boolean})[];
} {
  const shown = publishedEvents(sources);
  const all = sources.filter(({kind}) => kind !== "lookup").map((source) => ({...source, id: source.rule}));
  const types = [...new Set(all.flatMap(eventTypes))].sort();
  const fields = new Map<string, EventField & {types: string[]; published: boolean}>();
  for (const {name, label, type, unit} of built) {
    const published = name === "value" || name === "quantity" ? shown.some((each) => each[name]) : shown.length > 0;
    fields.set(name, {name, label, type, ...(unit && {unit}), types, published});
  }
  for (const source of all) {
    for (const {name: plain, type = "string", field, path} of declaredProperties(source)) {
      const name = `properties.${plain}`;
      const mapping = source.events[path[1] as number]!;
      const given = typeof field === "object" ? field : {label: undefined, description: undefined, unit: undefined};
      const own = typeof mapping.type === "string" ? [mapping.type] : mapping.type.values;
      const known = fields.get(name);
      if (known) {
        known.types = [...new Set([...known.types, ...own])].sort();
        if (known.type !== type) known.mixed = [...new Set([...(known.mixed ?? [known.type]), type as ValueType])];
        continue;
      }
      fields.set(name, {
        name,
        label: given.label ?? plain.replaceAll("_", " "),
        type: type as ValueType,
        ...(given.unit && {unit: given.unit}),
        ...(given.description && {description: given.description}),
        types: own,
        published: shown.some(({properties}) => properties.includes(plain))
      });
    }
  }
  return {
    eventTypes: types.map((name) => ({name, published: shown.some(({type}) => type === name)})),
    eventFields: [...fields.values()]
  };
}

const built: EventField[] = [
  {name: "event_time", label: "Time", type: "timestamp"},
  {name: "event_date", label: "Local date", type: "date"},
  {name: "value", label: "Value", type: "decimal", unit: "money"},
  {name: "quantity", label: "Quantity", type: "decimal"},
  {name: "source", label: "Source", type: "string"},
  {name: "campaign_id", label: "Campaign", type: "string"}
];
