import {nextDeliveries} from "../activate/due.js";
import {readAudiences} from "../audiences/readAudiences.js";
import {nextDue} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";

/** Something with a schedule, and when it comes next. */
export interface Coming {
  at: Date;
  kind: "audience" | "delivery";
  name: string;
}

/** What schedules name next, the soonest first: audiences to be evaluated and deliveries to be made. */
export function comingRuns(workspace: Workspace, now: Date): Coming[] {
  const audiences = readAudiences(workspace).flatMap(({id, definition: {schedule, state}}): Coming[] => {
    const at = schedule && state === "published" ? nextDue(schedule, workspace.time_zone, now) : undefined;
    return at ? [{at, kind: "audience", name: id}] : [];
  });
  const deliveries = nextDeliveries(workspace, now).map(({audience, destination, campaign, scheduledFor}): Coming => {
    return {
      at: scheduledFor,
      kind: "delivery",
      name: `${audience} to ${destination}${campaign ? ` (${campaign})` : ""}`
    };
  });
  return [...audiences, ...deliveries].sort((a, b) => a.at.getTime() - b.at.getTime());
}
