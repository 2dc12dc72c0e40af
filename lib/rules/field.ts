import type {ValueType} from "../definitions/fields.js";
import {nearest} from "../definitions/nearest.js";
import {familyOf, type Family} from "./operators.js";
import {subjectOf, type Condition, type Subject, type SubjectKind} from "./subject.js";
import type {EventField, Surroundings} from "./surroundings.js";

/** Something a condition can be about, and the column that holds it in the table of profiles. */
export interface Field {
  kind: SubjectKind;
  /** The attribute's or metric's name, or the column of the lifetime value or of RFM. */
  name: string;
  /** Of a metric or decile: as formatLookback writes it. */
  lookback?: string;
  /** Of a metric or decile as it was then; its column is in no table of profiles, `compilePlan` looks it up. */
  at?: string;
  /** Of a decile within one category rather than among all; looked up likewise. */
  category?: string;
  column: string;
  label: string;
  type: ValueType;
  /** `money` is the workspace's currency. */
  unit?: string;
  /** Of a decile: how many buckets there are. */
  buckets?: number;
  /** False where only the warehouse has it: a rule that names it is not counted in the browser. Default: true. */
  published?: boolean;
}

/** What rules may name, and what is known of it. */
export interface Catalogue extends Surroundings {
  fields: Field[];
  /** The field of a subject; undefined where there is none. */
  find(subject: Subject): Field | undefined;
  /** The field of an event by its name. */
  findEvent(name: string): EventField | undefined;
}

/** Makes a catalogue of profile fields and whatever else rules may name. */
export function catalogue(fields: Field[], surroundings: Surroundings = {}): Catalogue {
  const index = new Map(fields.map((field) => [key(subjectFor(field)), field]));
  const eventIndex = new Map(surroundings.eventFields?.map((field) => [field.name, field]));
  const find = (subject: Subject): Field | undefined => {
    const plain = subjectOf(subject);
    if (!("lookback" in plain) || !isElsewhere(plain)) return index.get(key(plain));
    const base = index.get(key("metric" in plain ? {metric: plain.metric, lookback: plain.lookback} : {decile: plain.decile, lookback: plain.lookback})); // prettier-ignore
    return base && {...base, ...(plain.at && {at: plain.at}), ...("category" in plain && {category: plain.category})};
  };
  return {...surroundings, fields, find, findEvent: (name) => eventIndex.get(name)};
}

/** Whether a metric or decile is of another time or of one category: not in the table of profiles. */
export function isElsewhere({at, category}: {at?: string; category?: string}): boolean {
  return at !== undefined || category !== undefined;
}

/** The subject of conditions about a field. */
export function subjectFor({kind, name, lookback, at, category}: Field): Subject {
  const more = {lookback: lookback!, ...(at !== undefined && {at}), ...(category !== undefined && {category})};
  return {[kind]: name, ...((kind === "metric" || kind === "decile") && more)} as unknown as Subject;
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

const kindNames: Record<SubjectKind, string> = {
  attribute: "an attribute",
  metric: "a metric",
  decile: "a metric",
  value: "a column of the lifetime value",
  rfm: "one of recency, frequency and monetary value"
};

function unknownField(subject: Subject, fields: Field[]): string {
  const kind = Object.keys(subject)[0]! as Field["kind"];
  const name = Object.values(subject)[0] as string;
  const same = fields.filter((field) => field.kind === kind);
  const ofName = same.filter((field) => field.name === name);
  if ("lookback" in subject && ofName.length > 0) {
    const known = ofName.map((field) => field.lookback).join(", ");
    return `no ${kind} "${name}" over ${subject.lookback}: there are ${known}`;
  }
  const hint = nearest(name, new Set(same.map((field) => field.name)));
  if (hint) return `unknown ${kind} "${name}": did you mean "${hint}"?`;
  const other = fields.find((field) => field.name === name);
  if (other) return `unknown ${kind} "${name}": it is ${kindNames[other.kind]}`;
  const names = [...new Set(same.map((field) => field.name))];
  const known = names.length > 8 ? `${names.slice(0, 8).join(", ")}, …` : names.join(", ");
  return `unknown ${kind} "${name}"${known && `: there are ${known}`}`;
}

function key(subject: Subject): string {
  return JSON.stringify(Object.entries(subject));
}
