import type {Row} from "../data.js";

/** A row of `activation_destinations.arrow`. */
export interface DestinationRow extends Row {
  destination_id: string;
  name: string;
  description: string | null;
  kind: string;
  mode: string;
  is_updating: boolean;
  fields: string;
  has_consent: boolean;
  cap_sends: number | null;
  cap_days: number | null;
  quiet_days: string;
  deliveries: number;
  last_at: Date | null;
  last_status: string | null;
  last_done_at: Date | null;
}

/** A row of `activation_schedules.arrow`. */
export interface ScheduleRow extends Row {
  destination_id: string;
  position: number;
  audience_id: string;
  campaign_id: string | null;
  schedule: string;
  until: Date | null;
  catch_up: string;
  /** The latest time that it was run for, and what came of it. */
  last_for: Date | null;
  last_status: string | null;
  /** Why it failed, if it did. */
  last_reason: string | null;
}

/** A row of `activation_deliveries.arrow`. */
export interface DeliveryRow extends Row {
  delivery_id: string;
  destination_id: string;
  kind: string;
  audience_id: string;
  audience_version: number | null;
  campaign_id: string | null;
  arm: string | null;
  mode: string;
  as_of: Date;
  scheduled_for: Date | null;
  began_at: Date;
  ended_at: Date | null;
  status: string;
  members: number;
}

export const outcomes = ["added", "updated", "removed", "held_out", "suppressed", "failed", "unknown"] as const;

export type Outcome = (typeof outcomes)[number];

/** A row of `activation_outcomes.arrow`. */
export interface OutcomeRow extends Row {
  delivery_id: string;
  outcome: Outcome;
  reason: string;
  profiles: number;
}

/** A row of `activation_standing.arrow`. */
export interface StandingRow extends Row {
  destination_id: string;
  audience_id: string;
  state: "there" | "gone" | "refused" | "unsent" | "unknown";
  profiles: number;
}

/** A row of `activation_rates.arrow`. */
export interface RateRow extends Row {
  audience_id: string;
  /** Empty: as a new campaign counts. */
  campaign_id: string;
  events: string;
  window_days: number;
  profiles: number;
  converted: number;
  /** Who spent or got back money; and what that is per head of all, with its deviation: null where a campaign judges no money. */
  spent: number;
  mean: number | null;
  deviation: number | null;
}

/** A row of `activation_campaigns.arrow`. */
export interface CampaignRow extends Row {
  campaign_id: string;
  name: string;
  arms: number;
  /** The share meant to be held out, 0 to 1; null where the definition names no shares. */
  held_out: number | null;
  /** People are assigned already: whoever is held out stays so. */
  is_assigned: boolean;
}

/** A delivery with its counts; null where a count is too small to be published. */
export type Delivery = DeliveryRow & Record<Outcome, number | null>;

/** Deliveries with their counts. With `isComplete`, a count that is not there is 0; else it may be too small to be shown. */
export function withCounts(
  deliveries: readonly DeliveryRow[],
  counts: readonly OutcomeRow[],
  isComplete: boolean
): Delivery[] {
  const sums = new Map<string, number>();
  for (const {delivery_id, outcome, profiles} of counts) {
    const key = `${delivery_id} ${outcome}`;
    sums.set(key, (sums.get(key) ?? 0) + profiles);
  }
  return deliveries.map((delivery) => {
    const counted = outcomes.map((outcome) => [
      outcome,
      sums.get(`${delivery.delivery_id} ${outcome}`) ?? (isComplete ? 0 : null)
    ]);
    return {...delivery, ...(Object.fromEntries(counted) as Record<Outcome, number | null>)};
  });
}
