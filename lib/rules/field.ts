import type {ValueType} from "../definitions/fields.js";
import {nearest} from "../definitions/nearest.js";
import {familyOf, type Family} from "./operators.js";
import {subjectOf, type Condition, type Subject} from "./rule.js";

/** Something a condition can be about, and the column that holds it in the table of profiles. */
export interface Field {
  kind: "attribute" | "metric" | "decile";
  /** The attribute's or metric's name. */
  name: string;
  /** Of a metric or decile: as formatLookback writes it. */
  lookback?: string;
  column: string;
  label: string;
  type: ValueType;
  /** `money` is the workspace's currency. */
  unit?: string;
  /** Of a decile: how many buckets there are. */
  buckets?: number;
}

/** The fields that rules may name. */
export interface Catalogue {
  fields: Field[];
  /** The field of a subject; undefined where there is none. */
  find(subject: Subject): Field | undefined;
}

/** Makes a catalogue of fields. */
export function catalogue(fields: Field[]): Catalogue {
  const index = new Map(fields.map((field) => [key(subjectFor(field)), field]));
  return {fields, find: (subject) => index.get(key(subjectOf(subject)))};
}

/** The subject of conditions about a field. */
export function subjectFor(field: Field): Subject {
  if (field.kind === "attribute") return {attribute: field.name};
  const lookback = field.lookback!;
  return field.kind === "metric" ? {metric: field.name, lookback} : {decile: field.name, lookback};
}

/** The family whose operators a field takes. */
export function fieldFamily(field: Field): Family {
  return field.kind === "decile" ? "decile" : familyOf(field.type);
}

/** Finds a condition's field. Throws an error that names the nearest one. */
export function fieldOf(condition: Condition | Subject, {find, fields}: Catalogue): Field {
  const field = find(condition);
  if (field) return field;
  throw new Error(unknownField(subjectOf(condition), fields));
}

function unknownField(subject: Subject, fields: Field[]): string {
  const kind = Object.keys(subject)[0]! as Field["kind"];
  const name = Object.values(subject)[0]!;
  const same = fields.filter((field) => field.kind === kind);
  const ofName = same.filter((field) => field.name === name);
  if ("lookback" in subject && ofName.length > 0) {
    const known = ofName.map((field) => field.lookback).join(", ");
    return `no ${kind} "${name}" over ${subject.lookback}: there are ${known}`;
  }
  const hint = nearest(name, new Set(same.map((field) => field.name)));
  if (hint) return `unknown ${kind} "${name}": did you mean "${hint}"?`;
  const other = fields.find((field) => field.name === name);
  if (other) return `unknown ${kind} "${name}": it is ${other.kind === "attribute" ? "an attribute" : "a metric"}`;
  const names = [...new Set(same.map((field) => field.name))];
  const known = names.length > 8 ? `${names.slice(0, 8).join(", ")}, …` : names.join(", ");
  return `unknown ${kind} "${name}"${known && `: there are ${known}`}`;
}

function key(subject: Subject): string {
  return JSON.stringify(Object.entries(subject));
}
