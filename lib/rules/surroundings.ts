import type {ValueType} from "../definitions/fields.js";
import type {Rule} from "./rule.js";

/** What rules may name beside the fields of profiles. What is left out is not known: rules cannot name it. */
export interface Surroundings {
  eventTypes?: EventType[];
  eventFields?: EventField[];
  audiences?: KnownAudience[];
  /** Files of values for `in_file`. */
  lists?: KnownList[];
  /** The as-of instants that metrics and deciles were computed for, ISO, in order. */
  partitions?: string[];
  /** The categories that deciles are taken within. */
  categories?: string[];
  /** The local date of the earliest event kept. */
  earliest?: string;
}

export interface EventType {
  name: string;
  /** One of them in words: "purchase". Default: its name. */
  label?: string;
  description?: string;
  /** How many there are. */
  events?: number;
  /** False where only the warehouse has them. Default: true. */
  published?: boolean;
}

/** A field of events: value, quantity, event_time, event_date, source, campaign_id, or `properties.<name>`. */
export interface EventField {
  name: string;
  label: string;
  type: ValueType;
  /** `money` is the workspace's currency. */
  unit?: string;
  description?: string;
  /** The event types that carry it; all where it is missing. */
  types?: string[];
  /** Types that sources declare differently: the field holds them as text. */
  mixed?: ValueType[];
  /** False where only the warehouse has it. Default: true. */
  published?: boolean;
}

export interface KnownAudience {
  id: string;
  name: string;
  /** Where membership now is this rule and nothing else: no split, no top, no schedule of its own. */
  rule?: Rule;
  /** The audiences that it refers to, where it has no rule here. */
  audiences?: string[];
  state?: "draft" | "published" | "inactive";
}

export interface KnownList {
  /** Relative to the workspace: lists/vip.txt. */
  file: string;
  values?: number;
}
