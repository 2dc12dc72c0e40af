import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {quoteInstant} from "../../../lib/sql.js";
import {forecast} from "../../../lib/value/forecast.js";
import {fingerprintOf} from "../../engine/fingerprintOf.js";
import type {BuildContext, GraphNode, Made} from "../../engine/node.js";
import {relationKind} from "../../engine/relationKind.js";
import {decileCalendar} from "../calendar.js";
import {recordPartitions, validPartitions} from "../partitions.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {readHistories} from "../value/histories.js";
import {ordersSql, shareOrders} from "../value/orders.js";
import {orderValueSql} from "../value/orderValue.js";
import {scoreHistories, scoresTable} from "../value/score.js";
import {lastDay} from "./lifetimeValue.js";

const table = "derived.value_snapshots";

/**
 * `derived.value_snapshots`: what was expected of everybody at every earlier instant of the decile calendar, from the
 * orders of the days before it alone. A partition is computed again only when an event before it has changed.
 */
export function valueSnapshotsNode(settings: ValueDefinition): GraphNode {
  const fingerprint = fingerprintOf([settings, 2]);
  return typescriptModel({
    header: {
      name: table,
      description: "What was expected of everybody at month starts and campaigns' sends, known from the days before.",
      grain: "one row per instant and person with an order",
      key: ["profile_id", "as_of"],
      columns: {
        profile_id: "The person",
        as_of: "The instant (UTC)",
        expected_value: {description: "Forecast: value within the horizon, discounted", unit: "money"},
        expected_orders: "Forecast: orders within the horizon",
        p_alive: "Forecast: probability of still being a customer"
      }
    },
    inputs: ["core.events", "core.profiles", "landing.changes"],
    usesAsOf: true,
    content: [settings, 2],
    build: (context) => build(context, settings, fingerprint)
  });
}

async function build(context: BuildContext, settings: ValueDefinition, fingerprint: string): Promise<Made | void> {
  const {database, workspace, asOf, full} = context;
  const past = (await decileCalendar(database, workspace, asOf)).filter((end) => end < asOf);
  const isThere = !full && (await relationKind(database, table)) !== undefined;
  const kept = isThere ? await validPartitions(database, table, past, fingerprint) : [];
  const target = kept.length > 0 ? table : `${table}__new`;
  if (kept.length > 0)
    await database.run(`delete from ${table} where as_of not in (${kept.map(quoteInstant).join(", ")})`);
  else {
    await database.run(
      `create table ${target} (profile_id ubigint, as_of timestamp, expected_value decimal(18,4),
         expected_orders double, p_alive double)`
    );
  }
  const changed = past.filter((end) => !kept.some((instant) => instant.getTime() === end.getTime()));
  for (const end of changed) {
    const until = lastDay(end, workspace.time_zone);
    const tables = await shareOrders(database, settings);
    const histories = await readHistories(database, `(${ordersSql(tables, until)})`, until, settings);
    const made = forecast(histories, settings);
    if (!made.used) continue;
    await scoreHistories(database, histories, made, settings);
    await database.run(
      `insert into ${target}
       select profile_id, ${quoteInstant(end)}, (discounted_0 * ${orderValueSql(made)})::decimal(18,4), orders_0, p_alive
       from ${histories.table} as customers join ${scoresTable} using (place) order by profile_id`
    );
  }
  await recordPartitions(database, table, past, fingerprint);
  if (kept.length > 0) return "updated";
}
