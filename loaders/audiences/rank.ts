import type {TopDefinition} from "../../lib/definitions/audience.js";
import type {Subject} from "../../lib/rules/subject.js";

/** What an audience's best are ranked by, as rules name it. */
export function rankSubject({by}: TopDefinition): Subject {
  return by as Subject;
}

/**
 * SQL that keeps the best n of the rows of `from`, which has the column `rank_value` and, where ties are drawn,
 * `draw_tie`. Rows without a value are no candidates.
 */
export function topSql(from: string, {n, order, ties}: TopDefinition): string {
  const direction = order === "highest" ? "desc" : "asc";
  const place = {
    seed: `row_number() over (order by rank_value ${direction}, draw_tie, profile_id)`,
    all: `rank() over (order by rank_value ${direction})`,
    none: `rank() over (order by rank_value ${direction}) + count(*) over (partition by rank_value) - 1`
  }[ties];
  return `select * from ${from} where rank_value is not null qualify ${place} <= ${n}`;
}
