import {addDays, localDate, startOfDate} from "../../lib/calendar.js";
import type {Workspace} from "../workspace.js";
import type {Database} from "./database.js";

/**
 * The instant that a refresh describes: the end of the day given (`--as-of`, else a date in workspace.yaml), else the
 * local midnight after the newest event. Without any event: the epoch.
 */
export async function asOfInstant(
  database: Database,
  workspace: Pick<Workspace, "as_of" | "time_zone">,
  override?: string
): Promise<Date> {
  const day = override ?? (workspace.as_of === "last_complete_day" ? undefined : workspace.as_of);
  if (day !== undefined) return startOfDate(addDays(day, 1), workspace.time_zone);
  const newest = await database.value<Date | null>(
    "select event_time from core.events order by event_time desc limit 1"
  );
  if (!newest) return new Date(0);
  return startOfDate(addDays(localDate(newest, workspace.time_zone), 1), workspace.time_zone);
}
