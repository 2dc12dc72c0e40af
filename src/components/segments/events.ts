import type {ValueType} from "../../lib/definitions/fields.js";
import {eventTypes as listOf, type EventTypes} from "../../lib/rules/event.js";
import type {EventField, EventType, KnownAudience, Surroundings} from "../../lib/rules/surroundings.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Spread} from "./fields.js";

/** A row of `segments_events.arrow`: an event type, or a field of one. */
export interface EventRow {
  event_type: string;
  /** Null for the event itself. */
  field: string | null;
  label: string;
  description: string | null;
  type: string | null;
  unit: string | null;
  is_published: boolean;
  events: number;
  profiles: number;
  share_filled: number | null;
  distinct_values: number | null;
  top_values: string | null;
  quantiles: string | null;
}

/** What of a saved audience rules need. */
export interface AudienceName {
  audience_id: string;
  name: string;
  rule: string | null;
  /** Whether who is in now is just who meets the rule. */
  is_rule_alone: boolean;
}

/** An event type and how many there are. */
export interface KnownEventType extends EventType {
  events: number;
  profiles: number;
}

export interface Events {
  surroundings: Omit<Surroundings, "eventTypes" | "eventFields"> & {
    eventTypes: KnownEventType[];
    eventFields: EventField[];
  };
  /** How a field's values are spread among events of these types: of the first that knows. */
  spread(types: EventTypes, field: string): Spread;
}

/** What rules may name of events and audiences, and what is known of it. */
export function events(rows: readonly EventRow[], audiences: readonly AudienceName[]): Events {
  const types = rows.filter(({field}) => field === null);
  const ofFields = rows.filter(({field}) => field !== null);
  const byName = new Map<string, EventField & {types: string[]}>();
  for (const {event_type, field, label, description, type, unit, is_published} of ofFields) {
    const known = byName.get(field!);
    if (known) {
      known.types.push(event_type);
      known.published ||= is_published;
      continue;
    }
    const more = {...(unit !== null && {unit}), ...(description !== null && {description})};
    byName.set(field!, {name: field!, label, type: type as ValueType, published: is_published, types: [event_type], ...more}); // prettier-ignore
  }
  const spreads = new Map(ofFields.map((row) => [`${row.event_type} ${row.field}`, row]));
  return {
    surroundings: {
      eventTypes: types
        .map(({event_type: name, label, description, events, profiles, is_published: published}) => ({
          name,
          ...(label !== name && {label}),
          ...(description !== null && {description}),
          events,
          profiles,
          published
        }))
        .sort((a, b) => b.profiles - a.profiles || b.events - a.events),
      eventFields: [...byName.values()],
      audiences: audiences.map(({audience_id: id, name, rule, is_rule_alone}): KnownAudience => ({id, name, ...(rule !== null && is_rule_alone && {rule: JSON.parse(rule) as Rule})})) // prettier-ignore
    },
    spread(names, field) {
      const row = listOf(names).map((type) => spreads.get(`${type} ${field}`)).find((found) => found !== undefined); // prettier-ignore
      const top = JSON.parse(row?.top_values ?? "[]") as {value: string; events: number}[];
      return {
        shareFilled: row?.share_filled ?? 1,
        distinct: row?.distinct_values ?? 0,
        top: top.map(({value, events}) => ({value, profiles: events})),
        quantiles: JSON.parse(row?.quantiles ?? "[]") as number[]
      };
    }
  };
}
