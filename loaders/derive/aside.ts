import type {Database} from "../engine/database.js";
import {asideCatalog, type BuildContext, type GraphNode} from "../engine/node.js";

/** Prepares nodes, one after another, on a connection of its own, while the caller builds others. */
export interface Aside {
  /** Starts to prepare a node, unless that has been done. */
  start(node: GraphNode): void;
  /** What a node's `prepare` came to; throws what it threw. */
  result(node: GraphNode): Promise<unknown>;
  /** Waits for what is under way, and drops what was left in the catalog. */
  close(): Promise<void>;
}

/** The caller builds with `context`; nodes are prepared with the same, but for the connection. */
export function openAside(context: BuildContext): Aside {
  const started = new Map<GraphNode, Promise<unknown>>();
  let opened: Promise<Database> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const open = async () => {
    const database = await context.database.connect();
    await database.run(`attach ':memory:' as ${asideCatalog}`);
    return database;
  };
  const start = (node: GraphNode) => {
    if (started.has(node)) return;
    const result = last.then(async () => node.prepare?.({...context, database: await (opened ??= open())}));
    started.set(node, result);
    // Who asks for the result hears of the error.
    last = result.catch(() => {});
  };
  return {
    start,
    async result(node) {
      start(node);
      return await started.get(node);
    },
    async close() {
      await last;
      const database = await opened?.catch(() => undefined);
      if (!database) return;
      await database.run(`detach ${asideCatalog}`);
      database.close();
    }
  };
}
