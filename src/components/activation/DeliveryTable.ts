import {formatCount, formatInstantIn} from "../format.js";
import {Table} from "../Table.js";
import type {Delivery, Outcome, OutcomeRow} from "./activation.js";
import {reasonList, statusName} from "./words.js";

export interface DeliveryNames {
  destinations: ReadonlyMap<string, string>;
  audiences: ReadonlyMap<string, string>;
  campaigns: ReadonlyMap<string, string>;
  timeZone: string;
}

/** Every delivery with its counts, and why some were not sent. */
export function DeliveryTable(
  deliveries: readonly Delivery[],
  counts: readonly OutcomeRow[],
  {destinations, audiences, campaigns, timeZone}: DeliveryNames
): HTMLElement {
  const count = (label: string, description: string) => ({
    label,
    description,
    align: "right" as const,
    format: (value: number | null) => formatCount(value)
  });
  const why = (id: string, kinds: readonly Outcome[]) =>
    reasonList(counts.filter((row) => row.delivery_id === id && kinds.includes(row.outcome)));
  const rows = deliveries.map((delivery) => ({
    ...delivery,
    left_out: why(delivery.delivery_id, ["held_out", "suppressed"]),
    went_wrong: why(delivery.delivery_id, ["failed", "unknown"])
  }));
  return Table(rows, {
    caption: "Deliveries",
    name: "deliveries",
    empty: "Nothing has been sent yet.",
    columns: {
      began_at: {label: "Began", format: (at: Date) => formatInstantIn(at, timeZone)},
      destination_id: {label: "Destination", format: (id: string) => destinations.get(id) ?? id},
      audience_id: {label: "Audience", format: (id: string) => audiences.get(id) ?? id},
      campaign_id: {label: "Campaign", format: (id: string | null) => (id === null ? "–" : (campaigns.get(id) ?? id))},
      status: {label: "Ended", format: (status: string) => statusName(status)},
      members: count("Members", "In the audience then"),
      added: count("Added", "Sent for the first time, and taken"),
      updated: count("Updated", "Sent again, since something of theirs had changed"),
      removed: count("Removed", "Taken off again"),
      held_out: count("Held out", "Kept out at random, so that the difference can be measured"),
      suppressed: count("Suppressed", "Left out by a rule"),
      failed: count("Failed", "Refused by the destination, or not sent"),
      unknown: count("Unknown", "Nobody knows whether it arrived"),
      left_out: {label: "Left out", format: (text: string) => text || "–"},
      went_wrong: {label: "Went wrong", format: (text: string) => text || "–"}
    },
    rowClass: ({status}) => (status === "failed" ? "bad" : undefined)
  });
}
