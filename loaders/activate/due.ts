import {localDate, startOfDate, addDays} from "../../lib/calendar.js";
import type {Database} from "../engine/database.js";
import {lastDue, nextDue} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";
import {quietDay} from "./activate.js";
import {createLedger} from "./ledger/tables.js";

/** A delivery that its destination's definition wants. */
export interface Due {
  destination: string;
  audience: string;
  campaign?: string;
  scheduledFor: Date;
}

// A run that comes later than this after its time has missed it.
const punctual = 3_600_000;

/**
 * The deliveries whose time has come since they were made last, or since they were first seen. `until` is the last day on
 * which one runs. Of several missed runs one is made up for, or none (`catch_up: skip`); on quiet days they wait, and
 * after a failure for longer and longer, so that a timer of a minute does not knock at a closed door all day.
 */
export async function dueDeliveries(database: Database, workspace: Workspace, now: Date): Promise<Due[]> {
  await createLedger(database);
  const due: Due[] = [];
  for (const {id, deliveries, quiet_days: quiet} of workspace.destinations) {
    for (const {audience, campaign, schedule, until, catch_up: catchUp} of deliveries) {
      const since = await lastMade(database, {destination: id, audience, campaign, schedule, now});
      const end = until === undefined ? undefined : startOfDate(addDays(until, 1), workspace.time_zone);
      const asked = end && end <= now ? new Date(end.getTime() - 1) : now;
      const scheduledFor = lastDue(schedule, workspace.time_zone, asked);
      if (!scheduledFor || scheduledFor <= since || (end && scheduledFor >= end)) continue;
      if (catchUp === "skip" && now.getTime() - scheduledFor.getTime() > punctual) continue;
      if (quietDay(workspace, quiet, now) !== undefined) continue;
      const {failed, first} = await failures(database, {destination: id, audience, campaign, since});
      if (now.getTime() < (first ?? scheduledFor).getTime() + patience(failed)) continue;
      due.push({destination: id, audience, campaign, scheduledFor});
    }
  }
  return due;
}

/** When each scheduled delivery is next due; those whose last day has passed are left out. */
export function nextDeliveries(workspace: Workspace, now: Date): Due[] {
  return workspace.destinations
    .flatMap(({id, deliveries}) =>
      deliveries.flatMap(({audience, campaign, schedule, until}) => {
        const next = nextDue(schedule, workspace.time_zone, now);
        const isOver = next && until !== undefined && localDate(next, workspace.time_zone) > until;
        return next && !isOver ? [{destination: id, audience, campaign, scheduledFor: next}] : [];
      })
    )
    .sort((a, b) => a.scheduledFor.getTime() - b.scheduledFor.getTime());
}

async function lastMade(
  database: Database,
  {
    now,
    campaign = null,
    ...delivery
  }: {destination: string; audience: string; campaign?: string | null; schedule: string; now: Date}
): Promise<Date> {
  const {schedule, ...same} = delivery;
  const seen = {...same, schedule, campaign};
  await database.run(
    `insert into records.delivery_schedules
     select $destination, $audience, $campaign, $schedule, $now where not exists (
       from records.delivery_schedules where destination_id = $destination and audience_id = $audience
         and campaign_id is not distinct from $campaign and schedule = $schedule
     )`,
    {...seen, now}
  );
  const made = await database.value<Date | null>(
    `select greatest(max(since), (
       select max(scheduled_for) from records.delivery_attempts
       where destination_id = $destination and audience_id = $audience and campaign_id is not distinct from $campaign
         and status <> 'failed'
     )) from records.delivery_schedules
     where destination_id = $destination and audience_id = $audience
       and campaign_id is not distinct from $campaign and schedule = $schedule`,
    seen
  );
  return made!;
}

/** How often it has failed since it was made last, and the first time that was meant for. */
async function failures(
  database: Database,
  {destination, audience, campaign, since}: Omit<Due, "scheduledFor"> & {since: Date}
): Promise<{failed: number; first: Date | null}> {
  return (await database.row<{failed: number; first: Date | null}>(
    `select count(*) as failed, min(scheduled_for) as first from records.delivery_attempts
     where destination_id = $destination and audience_id = $audience and campaign_id is not distinct from $campaign
       and scheduled_for > $since and status = 'failed'`,
    {destination, audience, campaign: campaign ?? null, since}
  ))!;
}

/** How long after the first time a delivery is tried again that has failed so often since: 1, 3, 7 … 63 minutes, then every hour. */
function patience(failed: number): number {
  return (failed <= 6 ? 2 ** failed - 1 : 63 + 60 * (failed - 6)) * 60_000;
}

/**
 * Notes that a scheduled delivery was tried; one that failed is due again at the next refresh. Whether it came out
 * otherwise than the time before, and so changes `activation.attempts`.
 */
export async function noteAttempt(
  database: Database,
  {destination, audience, campaign = null, scheduledFor}: Omit<Due, "campaign"> & {campaign?: string | null},
  {status, error = null, reason = null}: {status: string; error?: string | null; reason?: string | null}
): Promise<boolean> {
  const same = {destination, audience, campaign};
  const before = await database.row<{status: string; reason: string | null}>(
    `select status, reason from records.delivery_attempts
     where destination_id = $destination and audience_id = $audience and campaign_id is not distinct from $campaign
     order by scheduled_for desc, status <> 'failed' desc, rowid desc limit 1`,
    same
  );
  await database.run(
    `insert into records.delivery_attempts (destination_id, audience_id, campaign_id, scheduled_for, status, error, reason)
     values ($destination, $audience, $campaign, $scheduledFor, $status, $error, $reason)`,
    {...same, scheduledFor, status, error, reason}
  );
  return !["nothing", "failed"].includes(status) || before?.status !== status || before.reason !== reason;
}
