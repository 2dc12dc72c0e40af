import {addDays, localDate, startOfDate} from "../../lib/calendar.js";
import type {Database} from "../engine/database.js";
import type {BuildContext} from "../engine/node.js";
import {defaultMeasure} from "./fields.js";
import {failedAudiences} from "./failures.js";
import {lastRuns} from "./ledgerTables.js";
import type {Plan} from "./plan.js";
import {publishedRuns} from "./publishedRuns.js";

/**
 * Brings the ledger of stays to what a run found, in one transaction on the records: ends the stays of those who are
 * out, begins those of who came in, and keeps each audience's size and decile mix. Nothing changes where the run found
 * what the one before found. An as-of before the last one recorded, or later than today, is not recorded.
 */
export async function recordMembers(
  records: Database,
  {workspace, asOf, runId, progress}: BuildContext,
  plan: Plan
): Promise<void> {
  const last = await lastRuns(records);
  const now = new Date();
  const tomorrow = startOfDate(addDays(localDate(now, workspace.time_zone), 1), workspace.time_zone);
  const newest = await records.value<Date | null>("select max(last_event_at) from core.profiles");
  if (asOf > tomorrow && !(newest && newest > now)) {
    progress.warn(`audiences: as of ${day(asOf)} is later than today: their membership is not recorded`);
    return;
  }
  const late = [...last].filter(([, {asOf: before}]) => before > asOf);
  if (late.length > 0) {
    const newestRun = late.map(([, {asOf: before}]) => before).sort((a, b) => Number(b) - Number(a))[0]!;
    progress.warn(
      `audiences: as of ${day(asOf)} is earlier than ${day(newestRun)}, which is recorded: their membership stays as it is`
    );
  }
  const lateIds = new Set(late.map(([id]) => id));
  const isLate = (id: string) => lateIds.has(id);
  const failed = await failedAudiences(records);
  await records.transaction(async () => {
    const due = plan.audiences.filter(({id, definition, isDue}) => {
      return definition.state === "published" && isDue && !failed.has(id) && !isLate(id);
    });
    const evaluated = await publishedRuns(records, due, last, {asOf, runId});
    const saved = new Set(plan.saved.map(({id}) => id));
    const active = new Set(plan.audiences.map(({id}) => id));
    for (const [id, {state, version}] of last) {
      const ended = !saved.has(id) ? "deleted" : !active.has(id) ? "inactive" : undefined;
      if (!ended || state === ended || isLate(id)) continue;
      evaluated.push({id, state: ended, version, entering: "matched", leaving: ended});
    }
    if (evaluated.length === 0) return;
    await records.run(
      `create or replace temp table evaluated as
       select unnest(from_json($rows::json,
         '[{"id": "VARCHAR", "state": "VARCHAR", "version": "INTEGER", "entering": "VARCHAR", "leaving": "VARCHAR"}]'
       ), recursive := true)`,
      {rows: JSON.stringify(evaluated)}
    );
    await applyChanges(records, asOf, runId);
    await keepSizes(records, {asOf, runId, now, ...defaultMeasure(workspace)});
    await records.run("drop table evaluated");
  });
}

function day(instant: Date): string {
  return instant.toISOString().replace(/:00\.000Z$/, "Z");
}

/** Ends and begins stays. Audiences whose members are the same, as a sum of hashes tells, are not compared one by one. */
async function applyChanges(records: Database, asOf: Date, runId: string): Promise<void> {
  const sums = "count(*) as n, sum(hash(profile_id, coalesce(arm, '')))::varchar as total";
  await records.run(`
    create or replace temp table differing as
    select evaluated.* from evaluated
    left join (
      select audience_id as id, ${sums} from derived.audience_now group by audience_id
    ) as found on found.id = evaluated.id and evaluated.state = 'published'
    left join (
      select audience_id as id, ${sums} from records.audience_members where left_at is null group by audience_id
    ) as present on present.id = evaluated.id
    where found.n is distinct from present.n or found.total is distinct from present.total;
    create or replace temp table changes as
    with found as (
      select now.audience_id, now.profile_id, coalesce(now.arm, '') as arm
      from derived.audience_now as now
      join differing on differing.id = now.audience_id and differing.state = 'published'
    ),
    present as (
      select audience_id, profile_id, coalesce(arm, '') as arm from records.audience_members
      where left_at is null and audience_id in (select id from differing)
    )
    select
      coalesce(found.audience_id, present.audience_id) as audience_id,
      coalesce(found.profile_id, present.profile_id) as profile_id,
      nullif(coalesce(found.arm, present.arm), '') as arm,
      found.profile_id is not null as is_entering
    from found full join present
      on found.audience_id = present.audience_id and found.profile_id = present.profile_id and found.arm = present.arm
    where found.profile_id is null or present.profile_id is null;
    create or replace temp table moved as
    select audience_id, profile_id from changes group by all having count(*) = 2;
  `);
  await records.run(
    `update records.audience_members as members
     set left_at = $asOf, left_run_id = $runId, left_reason = leaving.why
     from (
       select changes.audience_id, changes.profile_id, changes.arm, case
         when evaluated.state <> 'published' then evaluated.leaving
         when profiles.profile_id is null then 'profile_gone'
         when moved.profile_id is not null then 'arm_changed'
         else evaluated.leaving
       end as why
       from changes
       join evaluated on evaluated.id = changes.audience_id
       left join core.profiles as profiles on profiles.profile_id = changes.profile_id
       left join moved on moved.audience_id = changes.audience_id and moved.profile_id = changes.profile_id
       where not changes.is_entering
     ) as leaving
     where members.left_at is null and members.audience_id = leaving.audience_id
       and members.profile_id = leaving.profile_id and members.arm is not distinct from leaving.arm`,
    {asOf, runId}
  );
  await beginStays(records, asOf, runId);
  await records.run("drop table differing; drop table changes; drop table moved");
}

/** Who left at this same as-of and is in after all gets the stay back; for everybody else one begins. */
async function beginStays(records: Database, asOf: Date, runId: string): Promise<void> {
  await records.run(
    `create or replace temp table restored as
     select members.audience_id, members.profile_id, members.arm, min(members.entered_at) as entered_at
     from records.audience_members as members
     join changes on changes.is_entering and changes.audience_id = members.audience_id
       and changes.profile_id = members.profile_id and changes.arm is not distinct from members.arm
     where members.left_at = $asOf group by all`,
    {asOf}
  );
  await records.run(
    `update records.audience_members as members set left_at = null, left_run_id = null, left_reason = null
     from restored
     where members.left_at = $asOf and members.audience_id = restored.audience_id
       and members.profile_id = restored.profile_id and members.arm is not distinct from restored.arm
       and members.entered_at = restored.entered_at`,
    {asOf}
  );
  await records.run(
    `insert into records.audience_members
     select changes.audience_id, changes.profile_id, changes.arm, $asOf, null, $runId,
       case when moved.profile_id is not null then 'arm_changed' else evaluated.entering end, null, null,
       evaluated.version
     from changes
     join evaluated on evaluated.id = changes.audience_id
     left join moved on moved.audience_id = changes.audience_id and moved.profile_id = changes.profile_id
     anti join restored on restored.audience_id = changes.audience_id
       and restored.profile_id = changes.profile_id and restored.arm is not distinct from changes.arm
     where changes.is_entering`,
    {asOf, runId}
  );
  await records.run("drop table restored");
}

/** Keeps the sizes and decile mixes that a run found; those of an earlier run of the same as-of are replaced. */
async function keepSizes(
  records: Database,
  {asOf, runId, now, metric, lookback}: {asOf: Date; runId: string; now: Date; metric: string; lookback: string}
): Promise<void> {
  for (const table of ["audience_runs", "audience_mix"]) {
    await records.run(
      `delete from records.${table} where as_of = $asOf and audience_id in (select id from evaluated)`,
      {asOf}
    );
  }
  await records.run(
    `insert into records.audience_runs
     with entered as (
       select audience_id, profile_id from records.audience_members where entered_at = $asOf and left_at is null
     ),
     gone as (
       select distinct audience_id, profile_id from records.audience_members
       where left_at = $asOf and entered_at < $asOf
     ),
     moves as (
       select coalesce(entered.audience_id, gone.audience_id) as audience_id,
         count(*) filter (where gone.profile_id is null) as entered,
         count(*) filter (where entered.profile_id is null) as "left"
       from entered full join gone
         on gone.audience_id = entered.audience_id and gone.profile_id = entered.profile_id
       group by all
     ),
     sizes as (
       select audience_id, sum(profiles) as profiles, sum(value) as value from derived.audience_splits group by all
     )
     select evaluated.id, $asOf, evaluated.state, evaluated.version, $runId, $now,
       if(evaluated.state = 'published', coalesce(sizes.profiles, 0), 0), coalesce(moves.entered, 0),
       coalesce(moves."left", 0), if(evaluated.state = 'published', coalesce(sizes.value, 0), 0)::double, $metric,
       $lookback, (select count(*) from core.profiles), imports.unmatched
     from evaluated
     left join moves on moves.audience_id = evaluated.id
     left join sizes on sizes.audience_id = evaluated.id
     left join derived.audience_imports as imports on imports.audience_id = evaluated.id
     order by evaluated.id`,
    {asOf, runId, now, metric, lookback}
  );
  await records.run(
    `insert into records.audience_mix
     select audience_id, $asOf, decile, sum(profiles), sum(value)::double
     from derived.audience_splits where audience_id in (select id from evaluated where state = 'published')
     group by audience_id, decile order by audience_id, decile nulls last`,
    {asOf}
  );
}
