import type {BuildContext, GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import {nextDue} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {definitionHash} from "./definitionHash.js";
import {dependents} from "./dependents.js";
import {defaultMeasure} from "./fields.js";
import type {Plan} from "./plan.js";
import {describeAudience} from "./wording.js";

/** `derived.audience_counts`: saved audiences, what they are and how large. */
export function countsNode(workspace: Workspace, {saved}: Plan, unit: string): GraphNode {
  const measure = defaultMeasure(workspace);
  const texts = saved.map((audience) => textsOf(workspace, saved, audience));
  return typescriptModel({
    header: {
      name: "derived.audience_counts",
      description: "Saved audiences, what they are, and how large: counted exactly over all profiles.",
      grain: "one row per audience",
      key: ["audience_id"],
      columns: {
        audience_id: "the file's name",
        name: "as given",
        description: "as given",
        state: "draft, published or inactive",
        kind: "what says who is meant: rule, file or model",
        version: "of the definition; null where it was never published",
        sentence: "the definition read aloud",
        rule: "the rule as JSON; null where a file or a model says who is meant",
        settings: "what else the definition says, as JSON: state, schedule, seed, top, split, review_at",
        is_rule_alone:
          "whether who is in now is just who meets the rule: no ranking, no schedule of its own, published",
        rule_hash: "changes when the definition's meaning does",
        profiles: "how many are in",
        change: "against the run before; null where there was none",
        share: {description: "of all profiles", unit: "share"},
        value: {description: "their sum of the metric", unit},
        share_value: {description: "of everybody's", unit: "share"},
        metric: "what value is of",
        lookback: "over which window",
        base_profiles: "all profiles",
        base_value: "of all profiles",
        entered: "who came in at the last run",
        left: "who went out at the last run",
        evaluated_as_of: "the instant that the last run describes (UTC); null where there was none",
        schedule: "cron; null for every refresh",
        next_due_at: "by the schedule, after the as-of instant (UTC)",
        review_at: "when somebody should look at it",
        unmatched: "of an imported audience, ids that name nobody",
        failure: "why it could not be evaluated, and keeps the members that it had; null where it could",
        used_by: "what names it, comma between: audience:id, campaign:id, destination:id; empty for nothing",
        as_of: "exclusive end of every window (UTC)"
      },
      publish: "aggregate"
    },
    file: "loaders/audiences/counts.ts",
    inputs: [
      "derived.audience_splits",
      "derived.audience_members",
      "derived.audience_imports",
      "derived.audience_failures"
    ],
    usesAsOf: true,
    content: [texts, measure, workspace.time_zone],
    build: (context) => build(context, texts)
  });
}

type Texts = ReturnType<typeof textsOf>;

function textsOf(workspace: Workspace, saved: Audience[], {id, definition}: Audience) {
  const {name, description = null, state, rule, file, top, schedule = null, review_at = null, seed, split} = definition;
  return {
    audience_id: id,
    name,
    description,
    state,
    kind: rule ? "rule" : file ? "file" : "model",
    sentence: describeAudience(workspace, definition),
    rule: rule ? JSON.stringify(rule) : null,
    settings: JSON.stringify({state, schedule: definition.schedule, seed, top, split, review_at: definition.review_at}),
    is_rule_alone: rule !== undefined && !top && schedule === null && state === "published",
    rule_hash: definitionHash(id, definition),
    schedule,
    review_at,
    used_by: dependents(workspace, saved, id)
      .map((other) => `${other.kind}:${other.id}`)
      .join(",")
  };
}

async function build({database, workspace, asOf}: BuildContext, texts: Texts[]): Promise<void> {
  const {metric, lookback} = defaultMeasure(workspace);
  const rows = texts.map((text) => ({
    ...text,
    next_due_at: text.schedule ? (nextDue(text.schedule, workspace.time_zone, asOf)?.toISOString() ?? null) : null
  }));
  await database.run(
    `create table derived.audience_counts__new as
     with texts as (
       select unnest(from_json($rows::json, '[{
         "audience_id": "VARCHAR", "name": "VARCHAR", "description": "VARCHAR", "state": "VARCHAR", "kind": "VARCHAR",
         "sentence": "VARCHAR", "rule": "VARCHAR", "settings": "VARCHAR", "is_rule_alone": "BOOLEAN", "rule_hash": "VARCHAR", "schedule": "VARCHAR", "review_at": "DATE",
         "used_by": "VARCHAR", "next_due_at": "TIMESTAMP"
       }]'), recursive := true)
     ),
     base as (
       select coalesce(sum(profiles), 0)::bigint as profiles, coalesce(sum(value), 0) as value
       from derived.audience_splits where audience_id is null
     ),
     members as (
       select audience_id, sum(profiles)::bigint as profiles, sum(value) as value
       from derived.audience_splits where audience_id is not null group by audience_id
     ),
     runs as (
       select *, count(*) over (partition by audience_id) as count_runs
       from records.audience_runs where as_of <= $asOf
       qualify row_number() over (partition by audience_id order by as_of desc) = 1
     )
     select texts.audience_id, name, description, texts.state, kind, runs.version, sentence, rule, settings,
       is_rule_alone and failures.reason is null as is_rule_alone, rule_hash,
       coalesce(members.profiles, 0) as profiles, if(count_runs > 1, runs.entered - runs."left", null)::bigint as change,
       coalesce(members.profiles, 0) / nullif(base.profiles, 0)::double as share,
       coalesce(members.value, 0)::double as value,
       coalesce(members.value, 0)::double / nullif(base.value, 0)::double as share_value,
       $metric::varchar as metric, $lookback::varchar as lookback, base.profiles as base_profiles,
       base.value::double as base_value, runs.entered, runs."left", runs.as_of as evaluated_as_of, schedule, next_due_at,
       review_at, imports.unmatched, failures.reason as failure, used_by, $asOf::timestamp as as_of
     from texts cross join base
     left join members on members.audience_id = texts.audience_id
     left join runs on runs.audience_id = texts.audience_id
     left join derived.audience_failures as failures on failures.audience_id = texts.audience_id
     left join derived.audience_imports as imports on imports.audience_id = texts.audience_id
     order by texts.audience_id`,
    {rows: JSON.stringify(rows), metric, lookback, asOf}
  );
}
