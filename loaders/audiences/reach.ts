import {compileRule} from "../../lib/rules/compile.js";
import {catalogue} from "../../lib/rules/field.js";
import type {Scalar} from "../../lib/rules/subject.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {BuildContext, GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {channels, type Channel} from "./channels.js";
import {queryNode} from "./queryNode.js";
import {profilesInputs, profilesSql} from "./profilesSql.js";
import {usedFields} from "./usedFields.js";

/** `derived.reach`: for everybody and every channel, whether they can be reached, and if not, why. */
export function reachNode(workspace: Workspace): GraphNode {
  const ways = channels(workspace);
  const fields = consentFields(workspace, ways);
  return typescriptModel({
    header: {
      name: "derived.reach",
      description: "Who can be reached by which channel, and why not.",
      grain: "one row per profile and channel",
      key: ["profile_id", "channel"],
      columns: {
        profile_id: "the profile",
        channel: "as in workspace.yaml",
        has_address: "whether an address is known",
        has_consent: "whether the channel's consent rule holds",
        is_stopped: "whether they asked to be left alone",
        is_bounced: "whether the address is dead: a final bounce, and no delivery since",
        reason: "reachable, or the first that speaks against: no_address, no_consent, stopped, bounced"
      },
      tests: [
        {accepted_values: {column: "reason", values: ["reachable", "no_address", "no_consent", "stopped", "bounced"]}}
      ]
    },
    file: "loaders/audiences/reach.ts",
    inputs: ["core.events", "core.identities", ...profilesInputs(fields, workspace)],
    usesAsOf: true,
    content: [ways, profilesSql(workspace, fields)],
    build: (context) => build(context, ways)
  });
}

/** `derived.audience_reach`: how many members of each audience can be reached, and why the others cannot. */
export function audienceReachNode(): GraphNode {
  return queryNode("reach.ts", {
    header: {
      name: "derived.audience_reach",
      description: "How many members of audiences can be reached by which channel, and why the others cannot.",
      grain: "one row per audience (null: everybody), channel and reason",
      columns: {
        audience_id: "the audience; null for everybody",
        channel: "as in workspace.yaml",
        reason: "reachable, no_address, no_consent, stopped or bounced",
        profiles: "how many"
      },
      publish: "aggregate",
      people: "profiles",
      groups: ["reason"]
    },
    inputs: ["derived.audience_now", "derived.reach"],
    sql: `
      select null::varchar as audience_id, channel, reason, count(*) as profiles from derived.reach group by all
      union all
      select now.audience_id, reach.channel, reach.reason, count(*)
      from derived.audience_now as now join derived.reach as reach using (profile_id) group by all
      order by audience_id nulls first, channel, profiles desc, reason`
  });
}

function consentFields(workspace: Workspace, ways: Channel[]) {
  return usedFields(
    workspace,
    ways.flatMap(({consent}) => consent ?? [])
  );
}

async function build({database, workspace, asOf}: BuildContext, ways: Channel[]): Promise<void> {
  const fields = consentFields(workspace, ways);
  await database.run(`
    create table derived.reach__new (
      profile_id ubigint, channel varchar, has_address boolean, has_consent boolean, is_stopped boolean,
      is_bounced boolean, reason varchar
    );
    create or replace temp table reach_profiles as ${profilesSql(workspace, fields, {key: "profile_id"})};
  `);
  for (const channel of ways) {
    const options = {fields: catalogue(fields), asOf, timeZone: workspace.time_zone};
    const {sql: consent, parameters} = channel.consent
      ? compileRule(channel.consent, options)
      : {sql: "true", parameters: [] as Scalar[]};
    const bind = `$${parameters.length + 1}::timestamp`;
    await database.run(
      `insert into derived.reach__new
       with consenting as (select profile_id from reach_profiles where ${consent}),
       addressed as (${addressSql(channel)}),
       events as (${eventsSql(channel, bind)}),
       told as (
         select profiles.profile_id, addressed.profile_id is not null as has_address,
           consenting.profile_id is not null as has_consent, events.stopped_at is not null as is_stopped,
           events.bounced_at is not null and events.bounced_at > coalesce(events.delivered_at, '-infinity') as is_bounced
         from core.profiles as profiles
         left join addressed using (profile_id)
         left join consenting using (profile_id)
         left join events using (profile_id)
       )
       select profile_id, ${quoteText(channel.id)}, has_address, has_consent, is_stopped, is_bounced, case
         when not has_address then 'no_address' when not has_consent then 'no_consent' when is_stopped then 'stopped'
         when is_bounced then 'bounced' else 'reachable' end
       from told order by profile_id`,
      [...parameters, asOf]
    );
  }
  await database.run("drop table reach_profiles");
}

function addressSql({address}: Channel): string {
  if ("identity" in address) {
    return `select distinct profile_id from core.identities where namespace = ${quoteText(address.identity)}`;
  }
  const column = quoteName(address.attribute);
  return `select profile_id from core.profiles where trim(${column}::varchar) <> ''`;
}

/** When the last of each kind of event was. A bounce counts where it is final or of unknown kind. */
function eventsSql({bounced, delivered, stopped}: Channel, asOf: string): string {
  const types = [...bounced, ...delivered, ...stopped];
  const last = (kinds: string[], condition = "true") =>
    kinds.length === 0
      ? "null::timestamp"
      : `max(event_time) filter (where event_type in (${kinds.map(quoteText).join(", ")}) and ${condition})`;
  const soft = "coalesce(lower(given.bounce_type), '') in ('soft', 'transient')";
  return `
    select profile_id, ${last(bounced, `not ${soft}`)} as bounced_at, ${last(delivered)} as delivered_at,
      ${last(stopped)} as stopped_at
    from (
      -- A cast by name: properties that no source declares are null.
      select profile_id, event_type, event_time, try_cast(
        struct_insert(properties, tenfold_ := 0) as struct(tenfold_ integer, bounce_type varchar)
      ) as given
      from core.events
      where event_type in (${types.length > 0 ? types.map(quoteText).join(", ") : "''"}) and event_time < ${asOf}
        and profile_id is not null
    )
    group by profile_id`;
}
