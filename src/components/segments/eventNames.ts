import {eventTypes, type EventTypes} from "../../lib/rules/event.js";
import type {Catalogue} from "../../lib/rules/field.js";
import type {EventField} from "../../lib/rules/surroundings.js";

/** An event type in words: its label, else the last part of its name where no other type has it: "Cart add". */
export function eventName(type: string, {eventTypes: known = []}: Catalogue): string {
  if (type === "*") return "Any event";
  const label = known.find(({name}) => name === type)?.label;
  const last = type.split(".").at(-1)!;
  const isAlone = known.every(({name}) => name === type || name.split(".").at(-1) !== last);
  const words = (label ?? (isAlone ? last : type)).replaceAll(/[._]/g, " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Several event types in words: "Purchase or refund". */
export function eventNames(types: EventTypes, known: Catalogue): string {
  const [first, ...rest] = eventTypes(types).map((type) => eventName(type, known));
  return [first, ...rest.map((name) => name[0]!.toLowerCase() + name.slice(1))].join(" or ");
}

/** The fields that every one of these types has. */
export function fieldsOfEvents(types: EventTypes, {eventFields = []}: Catalogue): EventField[] {
  const names = eventTypes(types);
  return eventFields.filter(
    ({types: carriers}) => carriers === undefined || names.every((type) => type === "*" || carriers.includes(type))
  );
}
