import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import type {Mistake} from "../../lib/definitions/check.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {refused} from "./sqlModel.js";
import {parseSql, SqlSyntaxError} from "./syntax.js";

/** What is wrong with the SQL of metrics' filters: they are conditions over the events, and give the same at every run. */
export async function filterMistakes(database: Database, workspace: Workspace): Promise<Mistake[]> {
  const mistakes: Mistake[] = [];
  for (const [name, {filter}] of Object.entries(workspace.metrics)) {
    if (filter === undefined) continue;
    const path = `metrics.${name}.filter`;
    const add = (message: string) =>
      mistakes.push({file: "workspace.yaml", line: lineOf(workspace, filter), path, message: `${path}: ${message}`});
    try {
      const syntax = await parseSql(database, `select 1 from core.events where (${filter}\n)`);
      for (const [, message] of refused(syntax, false)) add(message);
      for (const parameter of syntax.parameters) add(`a filter takes no parameter: $${parameter}`);
      const other = syntax.tables.find((table) => table !== "core.events");
      if (other) add(`a filter reads the event alone, not ${other}`);
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error;
      add(error.message);
    }
  }
  return mistakes;
}

function lineOf(workspace: Workspace, filter: string): number {
  const path = join(workspace.root, "workspace.yaml");
  if (!existsSync(path)) return 1;
  const at = readFileSync(path, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(filter));
  return Math.max(at, 0) + 1;
}
