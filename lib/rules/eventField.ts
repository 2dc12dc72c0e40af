import {suggest} from "../definitions/nearest.js";
import type {Catalogue} from "./field.js";
import type {EventField} from "./surroundings.js";

/** An event's field by its name. Throws an error that names the nearest one. */
export function eventField(name: string, {findEvent, eventFields = []}: Catalogue): EventField {
  const field = findEvent(name);
  if (field) return field;
  const names = eventFields.map((known) => known.name);
  if (names.includes(`properties.${name}`)) throw new Error(`unknown event field "${name}": did you mean "properties.${name}"?`); // prettier-ignore
  throw new Error(`unknown event field "${name}"${suggest(name, names)}`);
}
