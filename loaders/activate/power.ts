import type {MeasureDefinition} from "../../lib/definitions/campaign.js";
import type {HoldoutPower} from "../../lib/response/holdoutPower.js";
import {detectable, holdoutSize, type Comparison} from "../../lib/stats/power.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {Plan} from "./plan/plan.js";

/** Works out a campaign's power, for the people of a plan. Undefined without a campaign that is defined. */
export async function campaignPower(
  database: Database,
  workspace: Workspace,
  campaign: string | undefined,
  {arms}: Plan,
  asOf: Date
): Promise<HoldoutPower | undefined> {
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
       and event_time < $asOf and profile_id in (${eligible})`,
    {events: JSON.stringify(events), since, asOf}
  ))!;
  const people = held + sent;
  const money = Object.values(definition.measures).find(({kind}) => kind === "mean");
  const outcome: Comparison = {kind: "rate", base: people === 0 ? 0 : converted / people};
  const least = detectable(outcome, sent, held);
  return {
    treated: sent,
    heldOut: held,
    base: outcome.base,
    windowDays,
    detectable: Number.isFinite(least) ? least : null,
    neededForOnePoint: holdoutSize(outcome, 0.01, people) ?? null,
    ...(money && {money: await moneyPower(database, money, {since, asOf}, sent, held)})
  };
}

/** Who could be sent, the people held out among them. */
const eligible = "select profile_id from sending_decisions where reason is null or reason in ('held_out', 'other_arm', 'unknown')"; // prettier-ignore

async function moneyPower(
  database: Database,
  {events, sign}: MeasureDefinition,
  {since, asOf}: {since: Date; asOf: Date},
  treated: number,
  control: number
): Promise<HoldoutPower["money"]> {
  const counted = sign === "net" ? [...new Set([...events, "commerce.refund"])] : events;
  const {mean, deviation} = (await database.row<{mean: number | null; deviation: number | null}>(
    `with amounts as (
       select profile_id,
         sum(case when list_contains(from_json($events::json, '["VARCHAR"]'), event_type) then value else -value end)::double as amount
       from core.events
       where event_type in (select unnest(from_json($counted::json, '["VARCHAR"]')))
         and event_time >= $since and event_time < $asOf
       group by profile_id
     )
     select avg(coalesce(amount, 0)) as mean, stddev_samp(coalesce(amount, 0)) as deviation
     from (${eligible}) left join amounts using (profile_id)`,
    {events: JSON.stringify(events), counted: JSON.stringify(counted), since, asOf}
  ))!;
  const least = detectable({kind: "mean", deviation: deviation ?? 0}, treated, control);
  return {mean: mean ?? 0, deviation: deviation ?? 0, detectable: Number.isFinite(least) ? least : null};
}
