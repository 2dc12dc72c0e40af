import type {GraphNode} from "../engine/node.js";
import {typescriptModel, type TypescriptModel} from "../engine/typescriptModel.js";

/** A node of audiences that is one query, with `$asOf` where it counts. Its file is named for its table. */
export function queryNode(
  file: string,
  {header, sql, ...more}: Pick<TypescriptModel<undefined>, "header" | "inputs" | "usesAsOf"> & {sql: string}
): GraphNode {
  return typescriptModel({
    header,
    file: `loaders/audiences/${file}`,
    content: sql,
    ...more,
    async build({database, asOf}) {
      const parameters = sql.includes("$asOf") ? {asOf} : undefined;
      await database.run(`create table ${header.name}__new as ${sql}`, parameters);
    }
  });
}
