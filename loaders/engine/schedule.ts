import {Cron} from "croner";

/** What is wrong with a schedule; undefined where nothing is. */
export function scheduleMistake(schedule: string): string | undefined {
  if (schedule.trim().split(/\s+/).length !== 5) {
    return `expected cron with five fields such as 0 6 * * 1, not ${JSON.stringify(schedule)}`;
  }
  try {
    return new Cron(schedule).nextRun() ? undefined : `${JSON.stringify(schedule)} never falls due`;
  } catch (error) {
    const why = (error as Error).message.replace(/^\w+: /, "");
    return `expected cron such as 0 6 * * 1, not ${JSON.stringify(schedule)}: ${why[0]!.toLowerCase()}${why.slice(1)}`;
  }
}

/** The last time at or before an instant that a schedule names, by the clocks of a zone. */
export function lastDue(schedule: string, zone: string, now: Date): Date | undefined {
  // previousRuns looks strictly before its reference.
  return new Cron(schedule, {timezone: zone}).previousRuns(1, new Date(now.getTime() + 1000))[0];
}

/** The next time after an instant that a schedule names. */
export function nextDue(schedule: string, zone: string, after: Date): Date | undefined {
  return new Cron(schedule, {timezone: zone}).nextRun(after) ?? undefined;
}
