import {parse} from "yaml";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/** `insights.dim_audience`: audiences, saved as rules or named by the mails alone. */
export function audienceDimensionNode(workspace: Workspace): GraphNode {
  const saved = workspace.audiences.map(({id, text}) => ({audience_id: id, name: audienceName(text) ?? id}));
  return typescriptModel({
    header: {
      name: "insights.dim_audience",
      description: "Audiences, saved as rules or named by the mails.",
      grain: "one row per audience",
      key: ["audience_id"],
      role: "dimension",
      publish: "aggregate",
      columns: {
        audience_id: "The audience; (none) where there is none",
        name: "What pages call it",
        is_saved: "Whether a file in audiences/ defines it"
      }
    },
    inputs: ["activation.sends"],
    content: saved,
    build: ({database}) => database.run(sql, {saved: JSON.stringify(saved)})
  });
}

const sql = `
  create table insights.dim_audience__new as
  with saved as (
    select row.* from (
      select unnest(from_json($saved::json, '[{"audience_id": "VARCHAR", "name": "VARCHAR"}]')) as row
    )
  ), ids as (
    select audience_id from saved union select audience_id from activation.sends union select '(none)'
  )
  select
    ids.audience_id,
    coalesce(
      saved.name,
      case
        when ids.audience_id = '(none)' then 'No audience'
        else upper(ids.audience_id[1]) || replace(replace(ids.audience_id[2:], '_', ' '), '-', ' ')
      end
    ) as name,
    saved.audience_id is not null as is_saved
  from ids left join saved on saved.audience_id = ids.audience_id
  order by ids.audience_id`;

/** A saved audience's name; its rule is checked elsewhere. */
function audienceName(text: string): string | undefined {
  try {
    const name: unknown = (parse(text) as {name?: unknown} | null)?.name;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
