import {utcText} from "../../../lib/sql.js";
import {welch} from "../../../lib/stats/welch.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {finite, groupBy} from "../response/arms.js";
import {spanColumns, spanInputs, spansSql, withAllMailed} from "../response/spans.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {writeRows} from "./campaigns.js";
import {hasForecastMetric} from "./deciles.js";

/**
 * `derived.campaign_value_change`: by how much the expected value of the people of each arm changed after a campaign,
 * beside the people held out. Empty where the workspace forecasts nothing.
 */
export function campaignValueChangeNode(workspace: Workspace): GraphNode {
  const hasForecast = hasForecastMetric(workspace);
  return typescriptModel({
    header: {
      name: "derived.campaign_value_change",
      description: "Mean expected value of each arm's people before a campaign and four weeks after it or more.",
      grain: "one row per campaign and arm; arm * is all mailed arms together",
      key: ["campaign_id", "arm"],
      publish: "aggregate",
      columns: {
        ...spanColumns,
        n: {description: "People with a forecast at both", unit: "people"},
        before: {description: "Their mean expected value before", unit: "money"},
        after: {description: "Their mean expected value after", unit: "money"},
        change: {description: "after less before", unit: "money"},
        difference: {description: "The change less the held-out people's", unit: "money"},
        lower: {description: "Its 95% interval's lower end (Welch)", unit: "money"},
        upper: {description: "Its 95% interval's upper end", unit: "money"},
        p_value: "Two-sided"
      },
      tests: [{expression: "lower is null or lower <= difference and difference <= upper"}],
      references: [{columns: ["campaign_id"], table: "insights.dim_campaign", fields: ["campaign_id"]}]
    },
    inputs: spanInputs(hasForecast),
    usesAsOf: true,
    content: [sql, hasForecast, 1],
    async build({database, asOf}) {
      const rows = hasForecast ? await database.rows<ChangeRow>(sql, {as_of: asOf}) : [];
      const made = [...groupBy(rows, ({campaign_id}) => campaign_id).values()].flatMap(compared);
      await writeRows(database, "derived.campaign_value_change__new", shape, made);
    }
  });
}

interface ChangeRow {
  campaign_id: string;
  arm: string;
  is_holdout: boolean;
  from_as_of: Date;
  to_as_of: Date;
  n: number;
  before: number;
  after: number;
  sum: number;
  squares: number;
}

const shape = {
  campaign_id: "VARCHAR",
  arm: "VARCHAR",
  is_holdout: "BOOLEAN",
  from_as_of: "TIMESTAMP",
  to_as_of: "TIMESTAMP",
  n: "BIGINT",
  before: "DOUBLE",
  after: "DOUBLE",
  change: "DOUBLE",
  difference: "DOUBLE",
  lower: "DOUBLE",
  upper: "DOUBLE",
  p_value: "DOUBLE"
};

function compared(arms: readonly ChangeRow[]): Record<string, unknown>[] {
  const held = arms.filter((arm) => arm.is_holdout);
  const total = (of: (arm: ChangeRow) => number) => held.reduce((sum, arm) => sum + of(arm), 0);
  const control = {n: total((arm) => arm.n), sum: total((arm) => arm.sum), squares: total((arm) => arm.squares)};
  return arms.map(({sum, squares, ...arm}) => {
    const result = !arm.is_holdout && control.n > 0 ? welch({n: arm.n, sum, squares}, control) : undefined;
    return {
      ...arm,
      from_as_of: utcText(arm.from_as_of),
      to_as_of: utcText(arm.to_as_of),
      change: sum / arm.n,
      difference: finite(result?.estimate),
      lower: finite(result?.lower),
      upper: finite(result?.upper),
      p_value: finite(result?.p)
    };
  });
}

const sql = `
  with ${spansSql}, forecasts as (
    select profile_id, as_of, expected_value from derived.value_snapshots
    union all
    select profile_id, $as_of::timestamp, expected_value::decimal(18, 4) from derived.lifetime_value
    where expected_value is not null
  ), people as (
    select sends.campaign_id, sends.arm, sends.is_holdout, spans.from_as_of, spans.to_as_of,
      earlier.expected_value as before, later.expected_value as after
    from activation.sends as sends
    join spans on spans.campaign_id = sends.campaign_id
    join forecasts as earlier on earlier.profile_id = sends.profile_id and earlier.as_of = spans.from_as_of
    join forecasts as later on later.profile_id = sends.profile_id and later.as_of = spans.to_as_of
  ), arms as (
    ${withAllMailed("people")}
  )
  select campaign_id, arm, is_holdout, from_as_of, to_as_of, count(*) as n, (sum(before) / count(*))::double as before,
    (sum(after) / count(*))::double as after, sum(after - before)::double as sum,
    sum((after - before) * (after - before))::double as squares
  from arms
  group by campaign_id, arm, is_holdout, from_as_of, to_as_of
  order by campaign_id, arm`;
