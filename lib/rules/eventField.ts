import {suggest} from "../definitions/nearest.js";
import type {Catalogue} from "./field.js";
import type {EventField} from "./surroundings.js";

/** The columns that every event has. */
export const commonEventFields: EventField[] = [
  {name: "event_time", label: "Time", type: "timestamp"},
  {name: "event_date", label: "Date", type: "date"},
  {name: "event_type", label: "Event type", type: "string"},
  {name: "value", label: "Value", type: "decimal", unit: "money"},
  {name: "quantity", label: "Quantity", type: "decimal"},
  {name: "currency", label: "Currency", type: "string"},
  {name: "source", label: "Source", type: "string"},
  {name: "campaign_id", label: "Campaign", type: "string"},
  {name: "send_id", label: "Send", type: "string"}
];

/** An event's field by its name. Throws an error that names the nearest one. */
export function eventField(name: string, {findEvent, eventFields = []}: Catalogue): EventField {
  const field = findEvent(name);
  if (field) return field;
  const names = eventFields.map((known) => known.name);
  if (names.includes(`properties.${name}`)) throw new Error(`unknown event field "${name}": did you mean "properties.${name}"?`); // prettier-ignore
  throw new Error(`unknown event field "${name}"${suggest(name, names)}`);
}
