import {html} from "htl";
import {Empty} from "../Empty.js";
import {formatDate, formatInstantIn} from "../format.js";
import {Table} from "../Table.js";
import {tenfold} from "../tenfold.js";
import type {DeliveryNames} from "./DeliveryTable.js";
import type {ScheduleRow} from "./activation.js";
import {nextRuns, type NextRun} from "./runs.js";
import {failureName, statusName} from "./words.js";

/** What is sent next by itself, told from the reader's clock. */
export function NextRuns(
  schedules: readonly ScheduleRow[],
  {destinations, audiences, campaigns, timeZone}: DeliveryNames,
  now: Date
): HTMLElement {
  if (schedules.length === 0) {
    return Empty(
      "Nothing is sent by itself: no destination has a schedule.",
      html`Audiences go out when somebody runs <code>${tenfold("activate AUDIENCE DESTINATION")}</code>.`
    );
  }
  return Table(nextRuns(schedules, timeZone, now), {
    caption: "Next runs",
    name: "next-runs",
    columns: {
      at: {label: "Next", format: (at: Date | null) => (at ? formatInstantIn(at, timeZone) : "no more: its last day has passed")}, // prettier-ignore
      audience_id: {label: "Audience", format: (id: string) => audiences.get(id) ?? id},
      destination_id: {label: "Destination", format: (id: string) => destinations.get(id) ?? id},
      campaign_id: {label: "Campaign", format: (id: string | null) => (id === null ? "–" : (campaigns.get(id) ?? id))},
      schedule: {label: "Schedule", description: `Minute, hour, day, month, weekday; by the clocks of ${timeZone}`, format: (text: string) => html`<code>${text}</code>`}, // prettier-ignore
      last_status: {label: "Last", format: (_: string | null, row: NextRun) => lastRun(row, timeZone)},
      until: {label: "Until", format: (day: Date | null) => (day ? `${formatDate(day)}, that day too` : "–")},
      catch_up: {label: "After missed runs", format: (rule: string) => (rule === "once" ? "one at once" : "waits for the next")} // prettier-ignore
    },
    rowClass: ({at}) => (at ? undefined : "muted")
  });
}

function lastRun({last_for: at, last_status: status, last_reason: reason}: NextRun, timeZone: string): string | Node {
  if (!at || !status) return "–";
  const when = formatInstantIn(at, timeZone);
  if (status === "failed")
    return html`<span class="bad">✕ failed since ${when}: ${failureName(reason)}</span> <span class="muted">(<code>${tenfold("status")}</code> has it in full)</span>`; // prettier-ignore
  return status === "nothing" ? `nothing to send since ${when}` : `${statusName(status)}, ${when}`;
}
