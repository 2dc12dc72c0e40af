import {plainTypes, type DecileTypes} from "../../lib/deciles/deciles.js";
import {quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {categoryValuesSql} from "./category.js";
import {allLookbacks} from "./lookbacks.js";

/** More categories than these stay text: an enumeration is only worth it where words repeat. */
const mostCategories = 1_000;

/**
 * The types of the texts in tables of deciles: enumerations of the words that the definitions and the data know now, in
 * the order of text. They are made for each table as it is built; `also` are further categories, of rows that it keeps.
 */
export async function decileTypes(
  database: Database,
  workspace: Workspace,
  also = "select null::varchar as category"
): Promise<DecileTypes> {
  const rows = await database.rows<{category: string}>(
    `select distinct category from ((${categoryValuesSql(workspace)}) union all (${also}))
     where category is not null order by category limit ${mostCategories + 1}`
  );
  const categories = rows.map(({category}) => category);
  return {
    metric: enumSql(Object.keys(workspace.metrics)),
    lookback: enumSql([...allLookbacks(workspace), "lifetime"]),
    reason: enumSql(["inactive", "small_partition"]),
    category: categories.length > mostCategories ? plainTypes.category : `enum(${categories.map(quoteText).join(", ")})`
  };
}

/** An enumeration of words of plain letters, whose order in JavaScript is that of the engine. */
function enumSql(words: string[]): string {
  return words.length === 0 ? "varchar" : `enum(${[...new Set(words)].sort().map(quoteText).join(", ")})`;
}
