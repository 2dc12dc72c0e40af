import {addMonths, fromLocal, startOfDate, toLocal} from "../../lib/calendar.js";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";

/**
 * The instants that deciles are known for: now, each campaign's send, and as many month starts back as `history` says;
 * ascending, each once, none before the first event or after now.
 */
export async function decileCalendar(database: Database, workspace: Workspace, asOf: Date): Promise<Date[]> {
  const first = await database.value<Date | null>("select min(first_event_at) from core.profiles");
  const instants = [
    ...monthStarts(asOf, workspace.history, workspace.time_zone),
    ...(await sends(database, workspace))
  ];
  const past = instants.filter((instant) => first && instant > first && instant < asOf);
  return [...new Set([...past, asOf].map(Number))].sort((a, b) => a - b).map((time) => new Date(time));
}

/** The last `count` local month starts before an instant, the latest first. */
export function monthStarts(before: Date, count: number, zone: string): Date[] {
  const local = toLocal(new Date(before.getTime() - 1), zone);
  const month = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1));
  return Array.from({length: count}, (_, i) => fromLocal(addMonths(month, -i), zone));
}

/** When each campaign went out: as defined, else its first assignment or send. */
async function sends(database: Database, workspace: Workspace): Promise<Date[]> {
  const instants: Date[] = [];
  for (const {id, ids, sent_at} of workspace.campaigns) {
    if (sent_at !== undefined) {
      instants.push(sendInstant(sent_at, workspace.time_zone));
      continue;
    }
    const first = await database.value<Date | null>(
      `select min(event_time) from core.events
       where event_type in ('campaign.assigned', 'email.sent') and campaign_id in (${(ids ?? [id]).map(quoteText).join(", ")})`
    );
    if (first) instants.push(first);
  }
  return instants;
}

/** A campaign's `sent_at` as an instant: a date begins at local midnight, a time without offset is local. */
function sendInstant(sentAt: string, zone: string): Date {
  if (/^\d{4}-\d\d-\d\d$/.test(sentAt)) return startOfDate(sentAt, zone);
  return /(Z|[+-]\d\d:?\d\d)$/.test(sentAt) ? new Date(sentAt) : fromLocal(new Date(`${sentAt}Z`), zone);
}
