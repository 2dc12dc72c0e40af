import {Cron} from "croner";
import type {ScheduleRow} from "./activation.js";

export interface NextRun extends ScheduleRow {
  /** When it runs next; null where its last day has passed. */
  at: Date | null;
}

/** The next runs of a schedule after an instant, by the clocks of a zone; `until` is the last day on which it runs. */
export function runsOf(
  {schedule, until}: Pick<ScheduleRow, "schedule" | "until">,
  timeZone: string,
  after: Date,
  count = 1
): Date[] {
  const last = until?.toISOString().slice(0, 10);
  const day = new Intl.DateTimeFormat("en-CA", {timeZone});
  return new Cron(schedule, {timezone: timeZone})
    .nextRuns(count, after)
    .filter((run) => last === undefined || day.format(run) <= last);
}

/** What runs next, the soonest first; what runs no more comes last. */
export function nextRuns(schedules: readonly ScheduleRow[], timeZone: string, after: Date): NextRun[] {
  return schedules
    .map((schedule) => ({...schedule, at: runsOf(schedule, timeZone, after)[0] ?? null}))
    .sort((a, b) => (a.at?.getTime() ?? Infinity) - (b.at?.getTime() ?? Infinity));
}
