import {quoteName, quoteText} from "../../../lib/sql.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {declaredAttributes} from "../declared.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `core.attributes`: what each attribute was, from when to when. */
export function attributesNode(workspace: Workspace): GraphNode {
  const names = declaredAttributes(workspace).map((attribute) => attribute.name);
  const sql = attributesSql(names);
  return typescriptModel({
    header: {
      name: "core.attributes",
      description: "The past of every profile attribute, as stays: a value and the time through which it held.",
      grain: "one row per person, attribute and stay",
      key: ["profile_id", "attribute", "valid_from"],
      columns: {
        profile_id: "The person",
        attribute: "The attribute's name",
        value: {description: "Its value, as text", personal: true},
        valid_from: "When it was set (UTC)",
        valid_to: "When another value took its place; null where it still holds at the as-of instant (UTC)"
      },
      tests: [{expression: "valid_to is null or valid_from < valid_to"}]
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: sql,
    reads: updatesMarkSql(names),
    build: ({database, asOf}) => database.run(`create table core.attributes__new as ${sql}`, {as_of: asOf})
  });
}

function attributesSql(names: string[]): string {
  if (names.length === 0) {
    return `select null::ubigint as profile_id, null::varchar as attribute, null::varchar as value,
      $as_of::timestamp as valid_from, $as_of::timestamp as valid_to where false`;
  }
  const one = (name: string) => `
    select profile_id, ${quoteText(name)} as attribute, arg_max(${quoteName(name)}::varchar, place) as value,
      event_time as valid_from
    from updates where ${quoteName(name)} is not null group by profile_id, event_time`;
  return `
    with updates as materialized (
      select profile_id, event_time, ${names.map((name) => `${property(name)} as ${quoteName(name)}`).join(", ")},
        row_number() over (order by event_time, received_at, event_id) as place
      ${fromUpdates}
    ), settings as (${names.map(one).join(" union all ")}), changes as (
      from settings
      qualify value is distinct from lag(value) over (partition by attribute, profile_id order by valid_from)
    )
    select *, lead(valid_from) over (partition by attribute, profile_id order by valid_from) as valid_to
    from changes order by attribute, profile_id, valid_from`;
}

/** What stands for all updates: new events seldom bring any, and the past of attributes takes long to tell. */
function updatesMarkSql(names: string[]): string {
  const read = ["profile_id", "event_time", "received_at", "event_id", ...names.map(property)];
  return `select count(*) || ' ' || coalesce(sum(hash(${read.join(", ")})::hugeint), 0) ${fromUpdates}`;
}

const fromUpdates = `from core.events
      where event_type = 'profile.updated' and event_time < $as_of::timestamp and profile_id is not null`;

function property(name: string): string {
  return `properties.${quoteName(name)}`;
}
