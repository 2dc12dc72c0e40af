import type {GraphNode} from "../../engine/node.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {decileColumns} from "./deciles.js";

/**
 * `derived.decile_history`: the snapshots as intervals, each from its instant to the calendar's next. A snapshot counts
 * events strictly before its instant, so the decile somebody had when mailed is that of the interval with
 * `valid_from <= sent_at and (valid_to is null or sent_at < valid_to)`.
 */
export function decileHistoryNode(): GraphNode {
  const {profile_id, metric, lookback, category, bucket, reason, percentile, value} = decileColumns;
  const described = {profile_id, metric, lookback, category, bucket, reason, percentile, value};
  const sql = `
    with calendar as (
      select as_of, lead(as_of) over (order by as_of) as next_as_of
      from (select distinct as_of from derived.decile_snapshots)
    )
    select ${Object.keys(described).join(", ")}, as_of as valid_from, next_as_of as valid_to
    from derived.decile_snapshots join calendar using (as_of)`;
  return typescriptModel({
    header: {
      name: "derived.decile_history",
      description:
        "Where everybody ranked, as intervals between the calendar's instants (month starts, campaigns' sends, now). An " +
        "interval counts events strictly before valid_from: the decile when mailed is that of the interval with " +
        "valid_from <= sent_at < valid_to.",
      grain: "one row per person, metric, lookback, category and interval",
      key: ["profile_id", "metric", "lookback", "category", "valid_from"],
      columns: {
        ...described,
        valid_from: "The calendar's instant from which this holds (UTC); events strictly before it count",
        valid_to: "The calendar's next instant (UTC); null where this holds now"
      }
    },
    inputs: ["derived.decile_snapshots"],
    content: sql,
    async build({database}) {
      await database.run(`create view derived.decile_history__new as ${sql}`);
      return "view";
    }
  });
}
