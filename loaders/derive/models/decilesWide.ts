import {quoteName, quoteText} from "../../../lib/sql.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {allLookbacks} from "../lookbacks.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {decileColumns} from "./deciles.js";

/** `derived.deciles_wide`: the tidy table with a column per lookback. */
export function decilesWideNode(workspace: Workspace): GraphNode {
  const lookbacks = allLookbacks(workspace);
  const columns = lookbacks.map((lookback) => ({
    lookback,
    column: `bucket_${lookback.replaceAll(" ", "_")}`
  }));
  const sql = `
    select profile_id, metric, category,
      ${columns.map(({lookback, column}) => `max(bucket) filter (where lookback = ${quoteText(lookback)}) as ${quoteName(column)}`).join(", ")}
    from derived.deciles group by profile_id, metric, category`;
  return view(sql, {
    name: "derived.deciles_wide",
    description: "derived.deciles with a column per lookback.",
    grain: "one row per person, metric and category",
    publish: "rows",
    columns: {
      profile_id: decileColumns.profile_id,
      metric: decileColumns.metric,
      category: decileColumns.category,
      ...Object.fromEntries(
        columns.map(({lookback, column}) => [
          column,
          `The bucket over ${lookback}; null where inactive or the group small`
        ])
      )
    }
  });
}

/** `derived.deciles_map`: the tidy table with a map from category to bucket. */
export function decilesMapNode(): GraphNode {
  const sql = `
    select profile_id, metric, lookback,
      map_from_entries(list({'category': category, 'bucket': bucket} order by category)) as buckets
    from derived.deciles where bucket is not null group by profile_id, metric, lookback`;
  return view(sql, {
    name: "derived.deciles_map",
    description: "derived.deciles with each person's buckets as a map from category to bucket.",
    grain: "one row per person, metric and lookback with a bucket",
    columns: {
      profile_id: decileColumns.profile_id,
      metric: decileColumns.metric,
      lookback: decileColumns.lookback,
      buckets: "Category to bucket; * is all together"
    }
  });
}

// A view costs nothing until somebody reads it, and cannot differ from the tidy table.
function view(sql: string, header: Parameters<typeof typescriptModel>[0]["header"]): GraphNode {
  return typescriptModel({
    header,
    inputs: ["derived.deciles"],
    content: sql,
    async build({database}) {
      await database.run(`create view ${header.name}__new as ${sql}`);
      return "view";
    }
  });
}
