import type {z} from "zod";
import type {modelHeader} from "../../../lib/definitions/model.js";
import type {GraphNode} from "../../engine/node.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {createLedger} from "./tables.js";

/** A node that is a view of the records: never rebuilt, always current. Makes the ledger where it is missing. */
export function view(header: z.input<typeof modelHeader>, sql: string): GraphNode {
  return typescriptModel({
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
}
