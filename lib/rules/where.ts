import {quoteColumn} from "../sql.js";
import {profileTarget, type CompileOptions} from "./compile.js";
import {
  fieldTestOf,
  isReference,
  isStepReference,
  referencedSubject,
  type FieldCondition,
  type Where
} from "./event.js";
import {eventField} from "./eventField.js";
import {fieldOf} from "./field.js";
import {compileTree} from "./logic.js";
import {familyOf} from "./operators.js";
import {childrenOf, containerKind} from "./rule.js";
import {testOf, type Operand, type Test} from "./subject.js";
import {compileComparison, compileTest, type Target, type TestContext} from "./test.js";

/** The table of events. */
export interface EventTable {
  /** As it stands in SQL: `core.events`. */
  table: string;
  /** The column that is also the key of the table of profiles. */
  key: string;
  /** The column that is also the number of the table of profiles, where both have one. */
  number?: string;
  /** The SQL of an event's field, of the table under an alias; default: the column, or field of a struct, of its name. */
  column?: (field: string, alias: string) => string;
}

export interface EventContext extends TestContext {
  options: CompileOptions;
  events: EventTable;
  /** The event that an earlier step took: the SQL of one of its fields. */
  step?: (step: string, field: string) => string;
}

/** A tree of conditions on an event's fields as SQL; true where it says nothing. */
export function compileWhere(where: Where | undefined, alias: string, context: EventContext): string {
  if (!where) return "true";
  const sql = compileTree<Where>(where, (node) => {
    return containerKind(node) ? undefined : compileField(node as FieldCondition, alias, context);
  });
  return sql ?? "true";
}

/** When events happened, as SQL. */
export function compileTime(time: Test | undefined, alias: string, context: EventContext): string {
  if (!time) return "true";
  const {operator, operand} = testOf(time);
  return compileTest(eventTarget("event_time", alias, context), operator, operand, time.ignore_year === true, context);
}

/** An event's field as something to compare. */
export function eventTarget(name: string, alias: string, {options, events}: EventContext): Target {
  const {label, type} = eventField(name, options.fields);
  const sql = columnOf(events, name, alias);
  const isTime = name === "event_time";
  return {label, type, family: familyOf(type), sql, ...(isTime && {localDate: columnOf(events, "event_date", alias)})};
}

/** The SQL of an event's field. */
export function columnOf({column}: EventTable, name: string, alias: string): string {
  if (column) return column(name, alias);
  const property = /^properties\.(.+)$/s.exec(name);
  return property ? `${alias}.properties.${quoteColumn(property[1]!)}` : `${alias}.${quoteColumn(name)}`;
}

/** Whether some condition of a tree looks a field of the profile up. */
export function readsProfile(where: Where | undefined): boolean {
  return fieldConditions(where).some((condition) => {
    const {operand} = fieldTestOf(condition);
    return isReference(operand) && !isStepReference(operand);
  });
}

/** All conditions of a tree, wherever they stand. */
export function fieldConditions(where: Where | undefined): FieldCondition[] {
  if (!where) return [];
  return containerKind(where) ? childrenOf(where).flatMap(fieldConditions) : [where as FieldCondition];
}

function compileField(condition: FieldCondition, alias: string, context: EventContext): string {
  const target = eventTarget(condition.field, alias, context);
  const {operator, operand} = fieldTestOf(condition);
  if (!isReference(operand))
    return compileTest(target, operator, operand as Operand, condition.ignore_year === true, context);
  return compileComparison(target, operator, other(), context);

  function other(): Target {
    const reference = operand as Exclude<typeof operand, Operand>;
    if (!isStepReference(reference))
      return profileTarget(fieldOf(referencedSubject(reference), context.options.fields), context.options);
    const {label, type} = eventField(reference.field, context.options.fields);
    const sql = context.step!(reference.step, reference.field);
    // What an earlier step hands on is a local date already.
    return {label, family: familyOf(type), type: type === "timestamp" ? "date" : type, sql};
  }
}
