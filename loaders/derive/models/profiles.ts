import {quoteName} from "../../../lib/sql.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {declaredAttributes} from "../declared.js";
import {withPersonGroups} from "../personGroups.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `core.profiles`: everybody seen before the as-of instant, and what was last known of them. */
export function profilesNode(workspace: Workspace): GraphNode {
  const attributes = declaredAttributes(workspace);
  const sql = profilesSql(attributes.map((attribute) => attribute.name));
  return typescriptModel({
    header: {
      name: "core.profiles",
      description: "Everybody with an event before the as-of instant, with the attributes last set before it.",
      grain: "one row per person",
      key: ["profile_id"],
      publish: "rows",
      columns: {
        profile_id: "The person",
        first_event_at: "Their first event (UTC)",
        last_event_at: "Their last event before the as-of instant (UTC)",
        ...Object.fromEntries(
          attributes.map(({name, description, unit, personal, publish}) => [
            name,
            {description, unit, personal, publish}
          ])
        )
      }
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: sql,
    build: ({database, asOf}) =>
      withPersonGroups(database, 3, () => database.run(`create table core.profiles__new as ${sql}`, {as_of: asOf}))
  });
}

function profilesSql(names: string[]): string {
  if (names.length === 0) return `${seen} order by profile_id`;
  const fields = names.map(quoteName);
  return `
    with seen as (${seen}), updates as (
      select profile_id, ${fields.map((name) => `properties.${name} as ${name}`).join(", ")},
        row_number() over (order by event_time, received_at, event_id) as place
      from core.events
      where event_type = 'profile.updated' and event_time < $as_of::timestamp and profile_id is not null
    ), known as (
      select profile_id, ${fields.map((name) => `arg_max(${name}, place) as ${name}`).join(", ")}
      from updates group by profile_id
    )
    select seen.*, ${fields.map((name) => `known.${name}`).join(", ")}
    from seen left join known using (profile_id) order by profile_id`;
}

const seen = `
  select any_value(profile_id) as profile_id, min(event_time) as first_event_at, max(event_time) as last_event_at
  from core.events where event_time < $as_of::timestamp and profile_id is not null group by profile_number`;
