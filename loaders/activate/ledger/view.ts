import type {z} from "zod";
import type {modelHeader} from "../../../lib/definitions/model.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {createLedger} from "./tables.js";

/** A node that is a view of the records, with its text. */
export interface LedgerView extends GraphNode {
  view: string;
}

/** A node that is a view of the records: never rebuilt, always current. Makes the ledger where it is missing. */
export function view(header: z.input<typeof modelHeader>, sql: string): LedgerView {
  const node = typescriptModel({
    header,
    inputs: ["core.profiles"],
    content: sql,
    async build({database}) {
      // One transaction writes to one file: the records have a connection of their own.
      const records = await database.connect();
      try {
        await createLedger(records);
      } finally {
        records.close();
      }
      await database.run(`create view ${header.name}__new as ${sql}`);
      return "view";
    }
  });
  return {...node, view: sql};
}

/**
 * Makes anew those views that no longer read the records: an earlier version made them, and its ledger has been brought
 * up to date since. The next refresh would, too; until then readers would find errors. Returns whether there were any.
 */
export async function remakeViews(database: Database, nodes: readonly GraphNode[]): Promise<boolean> {
  const present = await database.rows<{name: string}>(
    "select schema_name || '.' || view_name as name from duckdb_views() where database_name = current_database()"
  );
  const names = new Set(present.map(({name}) => name));
  const broken: LedgerView[] = [];
  for (const node of nodes) {
    if (!("view" in node) || !names.has(node.name)) continue;
    await database.run(`explain select * from ${node.name}`).catch(() => broken.push(node as LedgerView));
  }
  for (const {name, view} of broken) await database.run(`create or replace view ${name} as ${view}`);
  return broken.length > 0;
}
