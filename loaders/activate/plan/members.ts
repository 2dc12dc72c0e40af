import {createHmac} from "node:crypto";
import {quoteText} from "../../../lib/sql.js";
import type {Database} from "../../engine/database.js";
import type {Workspace} from "../../workspace.js";
import {assignmentsSql, rowStatesSql, scopeSql, sendIdSql, type Scope} from "../ledger/tables.js";
import {NotSentError} from "../notSent.js";
import {drawSql} from "./draw.js";

/** What a delivery is made for. */
export interface SendingRequest {
  scope: Scope;
  /** Only people of this arm go by this destination. */
  arm?: string;
  asOf: Date;
  /** When it is sent. */
  now: Date;
  version: number | null;
  /** What the campaign is called in landed events. */
  campaignIds: string[];
  /** What people are ranked by at the send. */
  ranking?: Ranking;
  /** Try again what the destination refused before, although it is the same. */
  retry: boolean;
}

/** What people were ranked by at the send: a campaign's own measure, else the workspace's first. */
export interface Ranking {
  metric: string;
  lookback: string;
  category: string;
}

/** An arm of a campaign, and the part of the draw that is its own. */
export interface Arm {
  arm: string;
  isHoldout: boolean;
  from: number;
  to: number;
}

/**
 * A campaign's arms over [0, 1), by their shares. Without arms everybody is in `mail`. Throws where an arm has no share.
 */
function campaignArms(workspace: Workspace, campaign: string | undefined): Arm[] {
  const definition = workspace.campaigns.find(({id}) => id === campaign);
  const arms = Object.entries(definition?.arms ?? {});
  if (!definition || arms.length === 0) return [{arm: "mail", isHoldout: false, from: 0, to: 1}];
  const total = arms.reduce((sum, [, {share = NaN}]) => sum + share, 0);
  let from = 0;
  return arms.map(([arm, {holdout, share}], i) => {
    if (share === undefined) throw new NotSentError(`${definition.file}: arms.${arm}.share: missing: people cannot be assigned without`, "bad_definition"); // prettier-ignore
    const to = i === arms.length - 1 ? 1 : from + share / total;
    const made = {arm, isHoldout: holdout, from, to};
    from = to;
    return made;
  });
}

/**
 * Makes `sending_there`: by key, what the ledger says last of the destination: whether they are there (`yes`, `maybe`,
 * `no`), with what contents, and whether the last word was a refusal.
 */
export async function makeThere(database: Database, scope: Scope): Promise<void> {
  const {sql, parameters} = scopeSql(scope);
  // A row's moment and meaning in one number, so that the greatest is the last one's: a million keys take a second.
  await database.run(
    `create or replace temp table sending_there as
     with rows as (
       select key, profile_id, content_hash, status <> 'refused' as is_taken,
         status = 'acknowledged' and action <> 'remove' as is_content,
         ordinal * 8 + case status when 'acknowledged' then 0 when 'refused' then 6 else 2 end + (action = 'remove')::integer
           as word
       from ${rowStatesSql}
       where ${sql} and key is not null and status in ('acknowledged', 'unknown', 'unanswered', 'refused')
     ),
     last as (
       select key, max(word) as word, max(word) filter (where is_taken) as taken, arg_max(profile_id, word) as profile_id,
         arg_max(content_hash, word) filter (where is_content) as content_hash,
         arg_max(content_hash, word) filter (where not is_taken) as refused_hash
       from rows group by key
     )
     select key, profile_id, content_hash, refused_hash, word % 8 >= 6 as is_refused, word % 2 = 1 as is_removal,
       case when taken is null then 'no' when taken % 8 >= 2 then 'maybe' when taken % 8 = 1 then 'no' else 'yes' end
         as is_there
     from last`,
    parameters
  );
}

/**
 * What the names of a delivery's sendings are made with: the same for all of a campaign. Short, as a hash of a million
 * texts costs by their length.
 */
export function sentBy({scope, now}: SendingRequest, key: string): string {
  const sentFor = scope.campaign ?? `${scope.destination}/${scope.audience}/${now.toISOString()}`;
  return createHmac("sha256", key).update(`send ${sentFor}`).digest("hex").slice(0, 32);
}

/** SQL of what names the sending to somebody of a relation with `profile_id, given_send_id`, once `sent_by` is set. */
export function plannedSendId(people: string): string {
  return sendIdSql({given: `${people}.given_send_id`, by: "getvariable('sent_by')", profile: `${people}.profile_id`});
}

/**
 * Makes `sending_people`: the audience's members, and who may be at the destination without being one any more; with
 * the arm that each is in, what they are ranked by, and the name that a sending to them was given. Who was assigned
 * before stays where they are.
 */
export async function makePeople(
  database: Database,
  workspace: Workspace,
  {scope, ranking}: SendingRequest
): Promise<void> {
  const arms = campaignArms(workspace, scope.campaign);
  const {percent = 0, seed = "global"} = workspace.holdout ?? {};
  const drawn = arms.map(({arm, to}) => `when drawn < ${to} then ${quoteText(arm)}`).join(" ");
  const held = arms.filter(({isHoldout}) => isHoldout).map(({arm}) => quoteText(arm));
  const campaignSeed = workspace.campaigns.find(({id}) => id === scope.campaign)?.seed ?? scope.campaign ?? "";
  await database.run(
    `create or replace temp table sending_people as
     with members as (
       select profile_id, entered_at, true as is_member,
         profile_id in (select profile_id from derived.audience_now where audience_id = $audience and is_holdout) as is_kept_out
       from records.audience_members where audience_id = $audience and left_at is null
     ),
     everybody as (
       from members
       union all
       select distinct there.profile_id, null::timestamp, false, false
       from sending_there as there anti join members using (profile_id) where is_there <> 'no'
     ),
     -- Only of who is new to the campaign need be drawn.
     draws as (
       select everybody.*, sends.arm as given_arm, sends.is_holdout as given_holdout, sends.profile_id is not null as is_assigned,
         sends.send_id as given_send_id, case when sends.profile_id is null then ${arms.length > 1 ? drawSql(campaignSeed, "arm", "profile_id") : "0"} end as drawn,
         ${percent > 0 ? `${drawSql(seed, "global", "profile_id")} < ${percent / 100}` : "false"} as is_held_globally,
         ranked.bucket as bucket_at_send, ranked.value as value_at_send
       from everybody left join (${rankedSql(ranking)}) as ranked using (profile_id) left join (
         select profile_id, arm, is_holdout, send_id from ${assignmentsSql} where campaign_id = $campaign
       ) as sends using (profile_id)
     ),
     assigned as (
       select *, coalesce(given_arm, case ${drawn} end) as arm,
         coalesce(given_holdout, case ${drawn} end in (${held.length > 0 ? held.join(", ") : "null"}), false) as is_holdout
       from draws
     )
     select profile_id, entered_at, is_member, is_kept_out, is_held_globally, arm, is_holdout, is_assigned, given_send_id,
       bucket_at_send, value_at_send
     from assigned
     -- Sorted while it is narrow: what is made of it is wide, and then nearly in order.
     order by profile_id`,
    {audience: scope.audience, campaign: scope.campaign ?? ""}
  );
}

function rankedSql(ranking: Ranking | undefined): string {
  if (!ranking) return "select null::ubigint as profile_id, null::integer as bucket, null::double as value where false";
  const {metric, lookback, category} = ranking;
  return `select profile_id, bucket::integer as bucket, value::double as value from derived.deciles
    where metric = ${quoteText(metric)} and lookback = ${quoteText(lookback)} and category = ${quoteText(category)}`;
}
