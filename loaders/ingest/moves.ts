import type {Database} from "../engine/database.js";
import {nearlyFullGroup, rewriteTable} from "../engine/rowGroups.js";
import {eventTables} from "./tables.js";

/** Follows what a transaction takes out of the tables of events, and puts into them. */
export class Moves {
  private added = 0;
  private isMixed = false;

  /** So many events were taken out, then so many put in. */
  note({removed, added}: {removed: number; added: number}): void {
    this.isMixed ||= this.added > 0 && removed > 0;
    this.added += added;
  }

  /** Before the commit: rewrites the tables where events may have been taken out that the transaction had put in. */
  async finish(database: Database): Promise<void> {
    if (!this.isMixed || this.added < nearlyFullGroup) return;
    for (const table of eventTables) await rewriteTable(database, table);
  }
}
