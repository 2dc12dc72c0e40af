import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {addDays} from "../../../lib/calendar.js";
import {asideCatalog, type GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";
import {checkForecast, defaultCalibration, type ValueCheck} from "../value/check.js";
import {shareOrders} from "../value/orders.js";
import {valuesSql} from "../value/literal.js";

/** How often the check is repeated from earlier days, where the data allow. */
const origins = 3;

/** `derived.value_checks`: forecasts made from earlier data, held against what then came. */
export function valueChecksNode(_workspace: Workspace, settings: ValueDefinition): GraphNode {
  return typescriptModel({
    header: {
      name: "derived.value_checks",
      description:
        "Forecasts made from the data until an earlier day, held against what came after: totals, errors, calibration by tenth, tracking by week, and what ranking by each score finds.",
      grain: "one row per origin, part, measure, series and place",
      key: ["origin", "part", "measure", "series", "place"],
      publish: "aggregate",
      columns: {
        origin: "The last day fitted",
        until: "The last day compared with",
        part: "fit, total, calibration, tracking or gain",
        measure: "orders or value; of a fit: parameter; of a total: orders.rmse and the like",
        series: "model, rate (past rate × past mean), historic (past spend), zero, actual, customers",
        place: "calibration: tenth, 1 is best; tracking: week; gain: share of customers in tenths, 0 for the Gini",
        value: "The number"
      }
    },
    inputs: ["derived.value_orders", "core.events"],
    usesAsOf: true,
    content: [settings, origins, 3],
    async prepare({database}) {
      const span = await database.row<{first: string | null; last: string | null}>(
        "select min(day) as first, max(day) as last from derived.value_orders"
      );
      const rows: unknown[][] = [];
      if (span?.first && span.last) {
        const {until, end} = defaultCalibration(span.first, span.last, settings);
        const tables = await shareOrders(database, settings, asideCatalog);
        const length = (Date.parse(end) - Date.parse(until)) / 86_400_000;
        for (let i = 0; i < origins; ++i) {
          const origin = addDays(until, -i * Math.ceil(length / 2));
          const known = (Date.parse(origin) - Date.parse(span.first)) / 86_400_000;
          if (i > 0 && known < length) break;
          const check = await checkForecast(
            database,
            tables,
            "derived.value_orders",
            settings,
            origin,
            addDays(origin, length)
          );
          if (check) rows.push(...checkRows(check));
        }
      }
      return rows;
    },
    async build({database}, rows) {
      const shape = "origin, until, part, measure, series, place, value";
      await database.run(
        `create table derived.value_checks__new as
         select origin::date as origin, until::date as until, part::varchar as part, measure::varchar as measure,
           series::varchar as series, place::integer as place, value::double as value
         from (${rows.length > 0 ? valuesSql(rows) : "select null, null, null, null, null, null, null where false"})
           as checks (${shape})`
      );
    }
  });
}

function checkRows(check: ValueCheck): unknown[][] {
  const rows: unknown[][] = [];
  const add = (part: string, measure: string, series: string, place: number, value: number | null) => {
    if (value !== null) rows.push([check.calibrateUntil, check.holdoutUntil, part, measure, series, place, value]);
  };
  for (const [name, value] of Object.entries(check.forecast.used!.fit.params)) add("fit", name, "model", 0, value);
  add("fit", "customers", "customers", 0, check.histories.customers);
  for (const measure of ["orders", "value"] as const) {
    for (const series of ["model", "rate", "zero"] as const) {
      const total = check.totals[measure][series];
      for (const key of ["predicted", "actual", "ratio", "rmse", "mae", "correlation"] as const)
        add("total", `${measure}.${key}`, series, 0, total[key]);
    }
    for (const row of check.calibration[measure]) {
      add("calibration", measure, "customers", row.group, row.customers);
      add("calibration", measure, "model", row.group, row.predicted);
      add("calibration", measure, "actual", row.group, row.actual);
      add("calibration", measure, "rate", row.group, row.baseline);
    }
  }
  for (const {week, actual, expected} of check.tracking) {
    add("tracking", "orders", "actual", week, actual);
    add("tracking", "orders", "model", week, expected);
  }
  for (const series of ["model", "historic", "rate"] as const) {
    const {capture, normalisedGini} = check.gain[series];
    capture.forEach((share, i) => add("gain", "value", series, i + 1, share));
    add("gain", "value", series, 0, normalisedGini);
  }
  return rows;
}
