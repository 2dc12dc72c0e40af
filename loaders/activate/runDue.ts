import type {Database} from "../engine/database.js";
import type {Progress} from "../engine/progress.js";
import {bumpVersion} from "../engine/versions.js";
import type {Workspace} from "../workspace.js";
import {activate} from "./activate.js";
import {systemClock, type Clock} from "./client/clock.js";
import {reasonOf} from "./notSent.js";
import {dueDeliveries, noteAttempt} from "./due.js";
import {dropPlan} from "./plan/plan.js";

/** What became of a scheduled delivery. */
export interface ScheduledDelivery {
  destination: string;
  audience: string;
  campaign?: string;
  scheduledFor: Date;
  status: string;
  added: number;
  updated: number;
  removed: number;
  error?: string;
  /** Why it failed, in a word that pages may show. */
  reason?: string;
}

export interface RunDueOptions {
  progress: Progress;
  clock?: Clock;
  env?: NodeJS.ProcessEnv;
}

/**
 * Makes the deliveries that are due, one after the other. One that fails is said and recorded, and stops none of the
 * others, nor the refresh.
 */
export async function runDue(
  database: Database,
  workspace: Workspace,
  {progress, clock = systemClock, env}: RunDueOptions
): Promise<ScheduledDelivery[]> {
  if (workspace.destinations.every(({deliveries}) => deliveries.length === 0)) return [];
  const made: ScheduledDelivery[] = [];
  for (const due of await dueDeliveries(database, workspace, new Date(clock.now()))) {
    const nothing = {...due, added: 0, updated: 0, removed: 0};
    try {
      const {status, actions, error, reason} = await activate(database, workspace, {...due, progress, clock, env});
      made.push({...nothing, status, added: actions.add, updated: actions.update, removed: actions.remove, error, reason}); // prettier-ignore
    } catch (error) {
      made.push({...nothing, status: "failed", error: (error as Error).message, reason: reasonOf(error)});
    }
    const {status, error, reason} = made.at(-1)!;
    const isNews = await noteAttempt(database, due, {status, error, reason});
    if (isNews) await bumpVersion(database, "activation.attempts");
    if (error) progress.warn(`${due.audience} to ${due.destination}: ${error}`);
  }
  if (made.length > 0) await dropPlan(database);
  return made;
}
