import type {Meta} from "../catalog.js";
import {CustomerForm} from "../CustomerForm.js";
import {openDatabase} from "../database.js";
import {Empty} from "../Empty.js";
import {formatCount, formatDate, type UnitFormat} from "../format.js";
import {Table} from "../Table.js";
import {aliveLabel, ordersLabel, valueLabel} from "./words.js";

interface CustomerRow {
  id: string;
  last_order_date: Date | null;
  count_orders: number;
  historic_net: number;
  p_alive: number | null;
  expected_orders: number | null;
  expected_value: number | null;
  lower: number | null;
  upper: number | null;
  horizon: string;
}

/**
 * What is expected of single customers, in plain words: the first by expected value, or one looked up by surrogate id.
 * The database is loaded when somebody asks, not before.
 */
export function CustomerTable({meta, unit}: {meta: Meta; unit: UnitFormat}): HTMLElement {
  if (meta.publish !== "rows") {
    return Empty(
      "No single customers: this workspace publishes no person-level rows.",
      "Its groups of customers are in the map and the curve above."
    );
  }
  async function show(sql: string, parameters: string[], caption: string, empty: string) {
    const database = await openDatabase();
    const rows = await database.rows<CustomerRow>(sql, parameters);
    return rows.length === 0 ? Empty(empty) : table(rows, caption, unit);
  }
  return CustomerForm({
    parameter: "customer",
    find: (id) => show(`${query} where profile_id::varchar = ?`, [id], id, `Nobody here has the id ${id}.`),
    other: {
      label: "Show the first 20",
      give: () =>
        show(
          `${query} where expected_value is not null order by expected_value desc, profile_id limit 20`,
          [],
          "The first 20 by expected value",
          "Nothing is expected of anybody."
        )
    }
  });
}

const query = `
  select profile_id::varchar as id, last_order_date, count_orders, historic_net::double as historic_net, p_alive,
    expected_orders, expected_value::double as expected_value, lower::double as lower, upper::double as upper, horizon
  from derived.lifetime_value`;

function table(rows: readonly CustomerRow[], caption: string, unit: UnitFormat): HTMLElement {
  return Table(rows, {
    caption,
    showCaption: true,
    pageSize: 20,
    name: "expected-value",
    columns: {
      id: "Customer",
      p_alive: {label: "Still a customer? (forecast)", align: "left", format: (p: number | null) => aliveLabel(p)},
      expected_orders: {
        label: "Orders (forecast)",
        align: "left",
        format: (orders: number | null, row) => ordersLabel(orders, row.horizon)
      },
      expected_value: {
        label: "Value (forecast)",
        align: "left",
        format: (value: number | null, row) => valueLabel(value, row.lower, row.upper, unit)
      },
      historic_net: {label: "So far", format: (value: number) => unit.full(value)},
      count_orders: {label: "Orders so far", format: (count: number) => formatCount(count)},
      last_order_date: {label: "Last order", format: (day: Date | null) => formatDate(day)}
    }
  });
}
