import type {SequenceCondition} from "./event.js";
import type {EventCondition} from "./event.js";
import {fieldOf, isElsewhere, type Catalogue, type Field} from "./field.js";
import {eventMeasure, type EventMeasure} from "./measure.js";
import {childrenOf, isAudience, isCondition, isEvent, isSequence, type AudienceCondition, type Rule} from "./rule.js";
import type {Condition} from "./subject.js";

/** What rules ask for beside the columns of profiles, each distinct thing once, and the column it was given. */
export interface Slots {
  measures: SlotMap<EventCondition, EventMeasure>;
  sequences: SlotMap<SequenceCondition>;
  ranks: SlotMap<Field, Pick<Field, "kind" | "name" | "lookback" | "at" | "category">>;
  memberships: SlotMap<AudienceCondition>;
}

/** Distinct things asked for, in the order of their first asking. */
export class SlotMap<Asked extends object, Kept extends object = Asked> {
  private readonly slots = new Map<string, {of: Kept; asked: Set<Asked>; column?: string}>();

  constructor(private readonly essence: (asked: Asked) => Kept) {}

  add(asked: Asked): void {
    const of = this.essence(asked);
    const key = JSON.stringify(of);
    const slot = this.slots.get(key) ?? {of, asked: new Set()};
    slot.asked.add(asked);
    this.slots.set(key, slot);
  }

  /** Everything that asked for a thing. */
  askedFor(of: Kept): Asked[] {
    return [...this.slots.get(JSON.stringify(of))!.asked];
  }

  get values(): Kept[] {
    return [...this.slots.values()].map(({of}) => of);
  }

  /** Gives something its column. */
  place(of: Kept, column: string): void {
    this.slots.get(JSON.stringify(of))!.column = column;
  }

  column(asked: Asked): string {
    const column = this.slots.get(JSON.stringify(this.essence(asked)))?.column;
    if (!column) throw new Error(`not planned: ${JSON.stringify(asked)}`);
    return column;
  }
}

/** Collects what rules ask for, those of audiences that they refer to included. */
export function collectSlots(rules: readonly Rule[], fields: Catalogue): Slots {
  const slots: Slots = {
    measures: new SlotMap(eventMeasure),
    sequences: new SlotMap(({sequence, time}) => ({sequence, ...(time && {time})})),
    ranks: new SlotMap(({kind, name, lookback, at, category}) => ({kind, name, lookback, at, category})),
    memberships: new SlotMap(({audience, membership = "now", within}) => ({
      audience,
      membership: membership === "never" ? "ever" : membership,
      ...(within && {within})
    }))
  };
  const inlined = new Set<Rule>();
  const visit = (rule: Rule): void => {
    if (isEvent(rule)) slots.measures.add(rule);
    else if (isSequence(rule)) slots.sequences.add(rule);
    else if (isAudience(rule)) {
      const other = inlinedRule(rule, fields);
      if (!other) slots.memberships.add(rule);
      else if (!inlined.has(other)) {
        inlined.add(other);
        visit(other);
      }
    } else if (isCondition(rule)) {
      const field = fieldOf(rule as Condition, fields);
      if (isElsewhere(field)) slots.ranks.add(field);
    } else childrenOf(rule).forEach(visit);
  };
  rules.forEach(visit);
  return slots;
}

/** The rule of an audience whose members now are just those that meet it. */
export function inlinedRule(
  {audience, membership = "now", within}: AudienceCondition,
  fields: Catalogue
): Rule | undefined {
  // prettier-ignore
  if (membership !== "now" || within) return undefined;
  return fields.audiences?.find(({id}) => id === audience)?.rule;
}
