import {detectable, holdoutSize, type Comparison} from "../../lib/stats/power.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {Plan} from "./plan/plan.js";

/** What a campaign's holdout can tell, said before anything is sent. */
export interface Power {
  treated: number;
  heldOut: number;
  /** The share of these people who converted in as many days before. */
  base: number;
  windowDays: number;
  /** The smallest rise that is found with 80 % power at 5 %; null where none is. */
  detectable: number | null;
  /** How many would have to be held out to find a rise of one point; null where even half is not enough. */
  neededForOnePoint: number | null;
}

/** Works out a campaign's power, for the people of a plan. Undefined without a campaign that is defined. */
export async function campaignPower(
  database: Database,
  workspace: Workspace,
  campaign: string | undefined,
  {arms}: Plan,
  asOf: Date
): Promise<Power | undefined> {
  const definition = workspace.campaigns.find(({id}) => id === campaign);
  if (!definition) return undefined;
  const {events, window_days: windowDays} = definition.conversion;
  const since = new Date(asOf.getTime() - windowDays * 86_400_000);
  const [held, sent] = [true, false].map((isHoldout) =>
    arms.filter((arm) => arm.isHoldout === isHoldout).reduce((sum, {profiles}) => sum + profiles, 0)
  ) as [number, number];
  const converted = (await database.value<number>(
    `select count(distinct profile_id) from core.events
     where event_type in (select unnest(from_json($events::json, '["VARCHAR"]'))) and event_time >= $since
       and event_time < $asOf and profile_id in (
         select profile_id from sending_decisions where reason is null or reason in ('held_out', 'other_arm', 'unknown')
       )`,
    {events: JSON.stringify(events), since, asOf}
  ))!;
  const people = held + sent;
  const outcome: Comparison = {kind: "rate", base: people === 0 ? 0 : converted / people};
  const least = detectable(outcome, sent, held);
  return {
    treated: sent,
    heldOut: held,
    base: outcome.base,
    windowDays,
    detectable: Number.isFinite(least) ? least : null,
    neededForOnePoint: holdoutSize(outcome, 0.01, people) ?? null
  };
}
