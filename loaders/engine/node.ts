import type {ModelHeader} from "../../lib/definitions/model.js";
import type {Workspace} from "../workspace.js";
import type {Database} from "./database.js";
import type {Progress} from "./progress.js";

/** What a node is built with. */
export interface BuildContext {
  database: Database;
  workspace: Workspace;
  /** The instant that the numbers describe: exclusive end of every window. */
  asOf: Date;
  runId: string;
  /** `--full`: rebuild every partition. */
  full: boolean;
  progress: Progress;
}

/**
 * A node of the one graph that a refresh builds: it makes one table from other tables. Its order comes from `inputs`;
 * it is built again when `fingerprint`, the version of an input or (where `usesAsOf`) the as-of instant has changed.
 */
export interface GraphNode {
  /** The table it makes, as schema.table. */
  name: string;
  header: ModelHeader;
  /** The file that defines it, relative to the project or workspace; for messages. */
  file: string;
  /** Tables read, as schema.table. */
  inputs: string[];
  /** Of these, those that may fail or be stale without this one being so: it deals with that itself. */
  tolerates?: string[];
  /** Hash of everything but data that decides the result: its code and the definitions it reads. */
  fingerprint: string;
  usesAsOf: boolean;
  /** SQL text, where it is a SQL model: for lineage. */
  sql?: string;
  /**
   * Of a model that reads few rows of a large table: a query of one text that differs where they do, with `$as_of`. The
   * present table stays while it gives what it gave when that was made.
   */
  reads?: string;
  /**
   * Works something out for `build` while other tables are built, once all inputs stand: on a connection of its own,
   * outside the runner's transaction, whose only tables are temporary ones and those of `asideCatalog`.
   */
  prepare?(context: BuildContext): Promise<unknown>;
  /**
   * Writes the table `${name}__new`, in the runner's transaction; the runner tests it and swaps it in. `prepared` is what
   * `prepare` came to.
   */
  build(context: BuildContext, prepared?: unknown): Promise<void | Made>;
}

/** What a node has made instead of a table `__new`: a view of that name, or its present table brought up to date. */
export type Made = "view" | "updated";

/** The database in memory where `prepare` leaves tables for `build`; gone after the derivation. */
export const asideCatalog = "tenfold_aside";
