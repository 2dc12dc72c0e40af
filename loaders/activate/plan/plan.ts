import type {DestinationDefinition} from "../../../lib/definitions/destination.js";
import {quoteText} from "../../../lib/sql.js";
import {columnsOf} from "../../engine/columns.js";
import type {Database} from "../../engine/database.js";
import type {Named, Workspace} from "../../workspace.js";
import type {Action} from "../destination.js";
import {NotSentError} from "../notSent.js";
import {makePeople, makeThere, plannedSendId, sentBy, type SendingRequest} from "./members.js";
import {
  contentHashSql,
  destinationSql,
  explainFailure,
  fieldName,
  fieldsSql,
  givenSql,
  keyPartSql,
  keySql,
  personIsHere,
  personRow,
  personSql,
  saidSql
} from "./people.js";
import {cappedSql, suppressedSql} from "./suppressed.js";

export type Definition = DestinationDefinition & Named;

/** What a destination can do, as far as planning needs to know. */
export interface Ability {
  batchSize: number;
  actions: readonly Action[];
  isIdempotent: boolean;
}

/** What would be sent. The rows themselves are in the temporary table `sending_rows`. */
export interface Plan {
  members: number;
  actions: Record<Action, number>;
  unchanged: number;
  /** Members who are not sent, each counted with the first reason that holds. */
  exclusions: {reason: string; profiles: number}[];
  /** Of those who could be sent, how many are in each arm. */
  arms: {arm: string; isHoldout: boolean; profiles: number}[];
  batches: number;
}

/**
 * Works out what a destination has to be told: who is new, changed or gone since what it was told before. Leaves
 * `sending_rows` (place, batch, action, profile_id, key, content_hash, send_id, bucket_at_send, value_at_send, fields) and
 * `sending_decisions` (everybody in the audience, with why not). Changes nothing that lasts.
 */
export async function makePlan(
  database: Database,
  workspace: Workspace,
  definition: Definition,
  request: SendingRequest,
  ability: Ability,
  key: string
): Promise<Plan> {
  await dropPlan(database);
  await database.run("set variable sent_by = $by", {by: sentBy(request, key)});
  await makeThere(database, request.scope);
  await makePeople(database, workspace, request);
  await evaluate(database, workspace, definition, request);
  await compare(database, definition, request);
  await decide(database, request, ability);
  await choose(database, definition, request, ability);
  await database.run("drop table sending_people; drop table sending_evaluated");
  return await summary(database);
}

/** Gives back the memory that a plan takes: some hundred bytes a person. */
export async function dropPlan(database: Database): Promise<void> {
  await database.run(`
    drop view if exists sending_rows;
    drop view if exists sending_decisions;
    drop table if exists sending_there;
    drop table if exists sending_people;
    drop table if exists sending_evaluated;
    drop table if exists sending_told;
    drop table if exists sending_lesser;
    drop table if exists sending_mailed;
    drop table if exists sending_chosen;
  `);
}

// Of everybody, members or not: the fields. They are wide, and so are carried no further than here.
async function evaluate(
  database: Database,
  workspace: Workspace,
  definition: Definition,
  {scope, asOf, version}: SendingRequest
): Promise<void> {
  const expressions = destinationSql(definition).map(({sql}) => sql);
  const facts = {audience: scope.audience, version, campaign: scope.campaign, asOf};
  const person = personSql(workspace, expressions, "sending_people", facts);
  const required = Object.entries(definition.fields).flatMap(([name, field]) => (typeof field !== "string" && field.required ? [name] : [])); // prettier-ignore
  const missing = required.map((name) => `when ${givenSql(definition, name)} is null then ${quoteText(`missing_${name}`)}`); // prettier-ignore
  try {
    await database.run(
      `create or replace temp table sending_evaluated as
       select unnest(${personRow}), ${personIsHere} as is_here, fields, is_consenting, kept_by,
         ${contentHashSql(definition)} as content_hash,
         ${missing.length > 0 ? `case ${missing.join(" ")} end` : "null::varchar"} as missing
       from (
         select * exclude (said), ${fieldsSql(definition)} as fields
         from (
           select ${personRow}, ${personIsHere}, ${saidSql(definition)} as said,
             coalesce((${definition.consent ?? "true"})::boolean, false) as is_consenting,
             (${definition.keep ?? "null::integer"}) as kept_by
           from (${person}) as person
         )
       )`
    );
  } catch (error) {
    throw await explainFailure(database, definition, person, error as Error);
  }
}

// What was told before, and the reasons that are somebody's own.
async function compare(database: Database, definition: Definition, {now, retry}: SendingRequest): Promise<void> {
  const {frequency_cap: cap} = definition;
  await database.run(
    `create or replace temp table sending_told as
     with suppressed as (${suppressedSql(definition.suppress)}),
     capped as (${cap ? cappedSql(cap.sends) : "select null::ubigint as profile_id where false"})
     select people.profile_id, is_member, entered_at, arm, is_holdout, is_assigned, given_send_id, bucket_at_send,
       value_at_send, people.key, kept_by, people.content_hash, there.rowid as there_row, coalesce(there.is_there, 'no') as is_there,
       there.content_hash as there_hash,
       case
         when not is_here then 'profile_gone'
         when is_kept_out then 'held_out_of_audience'
         when is_held_globally then 'held_out_of_all'
         when not is_consenting then 'no_consent'
         when suppressed.is_complained then 'complained'
         when suppressed.is_unsubscribed then 'unsubscribed'
         when suppressed.is_bounced then 'bounced'
         when missing is not null then missing
         when people.key is null then 'no_key'
         when not $retry and there.is_refused and there.refused_hash = people.content_hash then 'refused_before'
       end as early_reason,
       coalesce(there.is_there, 'no') <> 'yes' and capped.profile_id is not null as is_capped
     from (select *, ${keySql(definition)} as key from sending_evaluated) as people
     left join sending_there as there on there.key = people.key
     left join suppressed on suppressed.profile_id = people.profile_id
     left join capped on capped.profile_id = people.profile_id`,
    {retry, ...(cap && {capped_since: new Date(now.getTime() - cap.within_days * 86_400_000)})}
  );
}

// The reasons that others give: who has the same key, whom another system mailed, which arm goes by this destination.
async function decide(
  database: Database,
  {scope, arm, campaignIds}: SendingRequest,
  {isIdempotent}: Ability
): Promise<void> {
  const could = "is_member and early_reason is null";
  await database.run(
    `create or replace temp table sending_lesser as
     -- Numbers are counted faster than texts; two texts of one number are told apart below.
     with shared as (select hash(key) as hashed from sending_told where ${could} group by hashed having count(*) > 1)
     select profile_id from sending_told where ${could} and hash(key) in (from shared)
     qualify row_number() over (partition by key order by kept_by desc nulls last, entered_at desc, profile_id) > 1`
  );
  await database.run(
    `create or replace temp table sending_mailed as
     select distinct profile_id from core.events
     where $is_mail and event_type in ('email.sent', 'email.delivered')
       and campaign_id in (select unnest(from_json($campaign_ids::json, '["VARCHAR"]')))`,
    {is_mail: scope.kind === "smtp", campaign_ids: JSON.stringify(campaignIds)}
  );
  await database.run(
    `create or replace temp view sending_decisions as
     select *, coalesce(early_reason, case
       when profile_id in (from sending_lesser) then 'duplicate'
       when is_there = 'no' and profile_id in (from sending_mailed) then 'sent_before'
       when is_capped then 'frequency_cap'
       when is_holdout then 'held_out'
       ${arm === undefined ? "" : `when arm is distinct from ${quoteText(arm)} then 'other_arm'`}
       ${isIdempotent ? "" : "when is_there = 'maybe' then 'unknown' when is_there = 'no' and profile_id in (select profile_id from sending_there where is_there <> 'no') then 'sent_elsewhere'"}
     end) as reason
     from sending_told where is_member`
  );
}

async function choose(
  database: Database,
  definition: Definition,
  {retry}: SendingRequest,
  {batchSize, actions}: Ability
): Promise<void> {
  const isFull = definition.mode === "full" && actions.includes("update");
  const update = isFull ? "true" : definition.updates && actions.includes("update") ? "chosen.content_hash <> there_hash" : "false"; // prettier-ignore
  const add = actions.includes("update") ? "is_there <> 'yes'" : "is_there = 'no'";
  // Who is to go is named as they were when they were sent, whatever their address is now.
  const fields = await columnsOf(database, "select unnest(fields) from sending_evaluated");
  const gone = fields.map(({name, type}) => {
    const part = keyPartSql(definition, name, "there.key");
    return `${fieldName(name)} := ${part ? `try_cast(${part} as ${type})` : `evaluated.fields.${fieldName(name)}`}`;
  });
  await database.run(
    `create or replace temp table sending_chosen as
     with rows as (
       select (case when ${add} then 'add' else 'update' end)::${actionType} as action, chosen.profile_id, chosen.key,
         chosen.content_hash, chosen.given_send_id, chosen.bucket_at_send, chosen.value_at_send, fields
       from sending_decisions as chosen join sending_evaluated using (profile_id)
       where reason is null and (${add} or (is_there = 'yes' and ${update}))
       union all
       select 'remove'::${actionType}, there.profile_id, there.key, coalesce(there.content_hash, 0), evaluated.given_send_id,
         bucket_at_send, value_at_send, struct_pack(${gone.join(", ")})
       from sending_there as there
       anti join (from sending_decisions where reason is null or reason = 'unknown') as kept on kept.there_row = there.rowid
       join sending_evaluated as evaluated using (profile_id)
       where there.is_there <> 'no' and ${actions.includes("remove")}
         and ($retry or not (there.is_refused and there.is_removal))
     )
     from rows order by action <> 'remove', profile_id, key`,
    {retry}
  );
  // The table is in order: its own row numbers are the places, which are worked out by many at once.
  await database.run(
    `create or replace temp view sending_rows as
     select rowid as place, (rowid // ${batchSize})::integer as batch, *, ${plannedSendId("chosen")} as send_id
     from sending_chosen as chosen`
  );
  await guard(database);
}

const actionType = "enum ('add', 'update', 'remove')";

// The last look before anything leaves: whatever the queries above may come to say, nobody held out is among those sent.
async function guard(database: Database): Promise<void> {
  const held = await database.value<number>(
    `select count(*) from sending_rows join sending_people as people using (profile_id)
     where action <> 'remove' and (people.is_holdout or people.is_kept_out or people.is_held_globally)`
  );
  if (held! > 0) throw new NotSentError(`${held} people who are held out are among those to be sent: nothing is sent`, "held_out_among_sent"); // prettier-ignore
}

async function summary(database: Database): Promise<Plan> {
  const told = await database.row<Record<Action, number> & {batches: number}>(
    `select count(*) filter (action = 'add') as add, count(*) filter (action = 'update') as update,
       count(*) filter (action = 'remove') as remove, coalesce(max(batch) + 1, 0) as batches
     from sending_rows`
  );
  const {batches, ...actions} = told!;
  const decided = await database.rows<{reason: string | null; arm: string; isHoldout: boolean; profiles: number}>(
    `select reason, arm, is_holdout as "isHoldout", count(*) as profiles from sending_decisions
     group by all order by "isHoldout", arm, reason`
  );
  const eligible = new Set([null, "held_out", "other_arm", "unknown", "sent_elsewhere"]);
  const total = (some: typeof decided) => some.reduce((sum, {profiles}) => sum + profiles, 0);
  const sendable = total(decided.filter(({reason}) => reason === null));
  const exclusions = groups(decided.filter(({reason}) => reason !== null), ({reason}) => reason!); // prettier-ignore
  const arms = groups(decided.filter(({reason}) => eligible.has(reason)), ({arm, isHoldout}) => `${isHoldout} ${arm}`); // prettier-ignore
  return {
    members: total(decided),
    actions,
    unchanged: sendable - actions.add - actions.update,
    exclusions: exclusions
      .map((some) => ({reason: some[0]!.reason!, profiles: total(some)}))
      .sort((a, b) => b.profiles - a.profiles || (a.reason < b.reason ? -1 : 1)),
    arms: arms.map((some) => ({arm: some[0]!.arm, isHoldout: some[0]!.isHoldout, profiles: total(some)})),
    batches
  };
}

function groups<T>(items: T[], keyOf: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found.values()];
}
