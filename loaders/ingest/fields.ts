import type {Source} from "../workspace.js";
import type {Mapped, ValueType} from "../../lib/definitions/fields.js";
import type {EventMapping, FieldDefinition} from "../../lib/definitions/source.js";

/** The events that a row may yield: those listed, and `profile.updated` where the source sets attributes. */
export function eventsOf(source: Source): EventMapping[] {
  const {attributes} = source;
  if (Object.keys(attributes).length === 0) return source.events;
  return [{type: "profile.updated", properties: attributes, publish: "none"}, ...source.events];
}

/** A field in its long form. */
export function fieldOf(field: FieldDefinition): Exclude<FieldDefinition, string> {
  return typeof field === "string" ? {from: field, personal: false, publish: "none"} : field;
}

/** A field's type: declared, else its column's, else that of the constant; an expression is a string. */
export function fieldType(source: Source, field: Exclude<FieldDefinition, string>): ValueType {
  if (field.type !== undefined) return field.type;
  return columnType(source, field.from) ?? "string";
}

function columnType(source: Source, from: Mapped): ValueType | undefined {
  if (typeof from === "string") return source.columns[from]?.type;
  if (typeof from.constant === "number") return Number.isInteger(from.constant) ? "integer" : "decimal";
  return typeof from.constant === "boolean" ? "boolean" : "string";
}
