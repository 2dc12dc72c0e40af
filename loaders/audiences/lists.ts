import {join} from "node:path";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";

/** Reads a file of values, one to a line, into the temporary table `target` of `value`. */
export async function readList(
  database: Database,
  {root}: Pick<Workspace, "root">,
  file: string,
  target: string
): Promise<void> {
  await database.run(
    `create or replace temp table ${target} as
     select distinct trim(value) as value
     from read_csv(${quoteText(join(root, file))}, header = false, auto_detect = false, delim = '\x1f', quote = '',
       escape = '', columns = {'value': 'varchar'})
     where trim(value) <> ''`
  );
}
