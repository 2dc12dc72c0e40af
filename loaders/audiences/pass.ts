import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";

/** What an evaluation works with. */
export interface Pass {
  database: Database;
  workspace: Workspace;
  asOf: Date;
}
