import {localDate} from "../../lib/calendar.js";
import {parseLookback} from "../../lib/definitions/lookback.js";
import {suggest} from "../../lib/definitions/nearest.js";
import {valueModels, type ValueDefinition, type ValueModel} from "../../lib/definitions/value.js";
import {checkForecast, defaultCalibration, type ValueCheck} from "../derive/value/check.js";
import {forecast, type Forecast} from "../../lib/value/forecast.js";
import {orderValueSql} from "../derive/value/orderValue.js";
import {readHistories, type Histories} from "../derive/value/histories.js";
import {ordersSql, shareOrders, type OrderTables} from "../derive/value/orders.js";
import {scoreHistories, scoresTable} from "../derive/value/score.js";
import {valueSettings} from "../derive/value/settings.js";
import {asOfInstant} from "../engine/asOf.js";
import type {Database} from "../engine/database.js";
import {openSnapshot} from "../engine/snapshot.js";
import {readWorkspace, showPath, tenfold} from "../workspace.js";
import {UsageError, workspaceOptions, type Call, type Command} from "./command.js";
import {count, textTable, toJson} from "./text.js";

export const valueCommand: Command = {
  name: "value",
  summary: "fit a lifetime-value model and check it against a holdout",
  positionals: [],
  options: {
    ...workspaceOptions,
    model: {type: "string", value: "MODEL", description: `${valueModels.join(", ")} (default: the workspace's)`},
    unit: {type: "string", value: "UNIT", description: "day, week or month: the time unit of the parameters"},
    horizon: {type: "string", value: "LENGTH", description: 'how far ahead: "12 months", "39 weeks"'},
    "as-of": {type: "string", value: "DATE", description: "fit until the end of this day"},
    "calibrate-until": {
      type: "string",
      value: "DATE",
      description: "fit until the end of this day and check what came after"
    },
    "holdout-until": {type: "string", value: "DATE", description: "last day of the check (default: the as-of day)"}
  },
  details: ["Reads what the last refresh left; writes nothing."],
  async run(call) {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const settings = given(call, valueSettings(workspace));
    const database = await openSnapshot(workspace);
    if (!database)
      throw new Error(`nothing in ${showPath(workspace.warehouse)} yet: run \`${tenfold(workspace.root, "refresh")}\``);
    try {
      const asOf = await asOfInstant(database, workspace, date(call, "as-of"));
      const last = localDate(new Date(asOf.getTime() - 1), workspace.time_zone);
      const tables = await shareOrders(database, settings);
      await database.run(`create or replace temp table value_orders as ${ordersSql(tables, last)}`);
      const calibrateUntil = date(call, "calibrate-until");
      const check = await holdout(database, tables, settings, last, calibrateUntil, date(call, "holdout-until"));
      if (calibrateUntil && check) return await print(call, settings, check.histories, check.forecast, check);
      const histories = await readHistories(database, "value_orders", calibrateUntil ?? last, settings);
      if (histories.customers === 0) throw new Error("no customer has ordered by then: there is nothing to fit");
      const made = forecast(histories, settings);
      const total = await expectedTotal(database, histories, made, settings);
      return await print(call, settings, histories, made, check, total);
    } finally {
      database.close();
    }
  }
};

interface Total {
  orders: number;
  value: number;
}

function given(call: Call, settings: ValueDefinition | undefined): ValueDefinition {
  if (!settings) {
    throw new UsageError(
      "no source yields commerce.purchase: say in `value:` of workspace.yaml which event types are orders",
      "value"
    );
  }
  const model = oneOf(call, "model", valueModels) as ValueModel | undefined;
  const unit = oneOf(call, "unit", ["day", "week", "month"]) as ValueDefinition["unit"] | undefined;
  const horizon = call.text("horizon");
  const length = horizon === undefined ? undefined : parseLookback(horizon);
  if (horizon !== undefined && (length === undefined || length === "lifetime")) {
    throw new UsageError(`--horizon ${horizon}: expected a length such as "12 months" or "39 weeks"`, "value");
  }
  return {
    ...settings,
    model: model ?? settings.model,
    unit: unit ?? settings.unit,
    horizons: horizon === undefined ? settings.horizons : [horizon]
  };
}

function oneOf(call: Call, option: string, values: readonly string[]): string | undefined {
  const text = call.text(option);
  if (text !== undefined && !values.includes(text)) {
    throw new UsageError(`--${option} ${text}: expected ${values.join(", ")}${suggest(text, [...values])}`, "value");
  }
  return text;
}

function date(call: Call, option: string): string | undefined {
  const text = call.text(option);
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new UsageError(`--${option} ${text}: expected a date such as 2026-06-30`, "value");
  }
  return text;
}

async function holdout(
  database: Database,
  tables: OrderTables,
  settings: ValueDefinition,
  last: string,
  calibrateUntil: string | undefined,
  holdoutUntil: string | undefined
): Promise<ValueCheck | undefined> {
  const first = await database.value<string | null>("select min(day) from value_orders");
  if (!first) return undefined;
  const asked = {
    ...settings,
    calibrate_until: calibrateUntil ?? settings.calibrate_until,
    holdout_until: holdoutUntil ?? settings.holdout_until
  };
  const {until, end} = defaultCalibration(first, last, asked);
  return checkForecast(database, tables, "value_orders", settings, until, end);
}

async function expectedTotal(
  database: Database,
  histories: Histories,
  made: Forecast,
  settings: ValueDefinition
): Promise<Total | undefined> {
  if (!made.used) return undefined;
  await scoreHistories(database, histories, made, settings);
  return database.row<Total>(
    `select sum(orders_0 order by profile_id) as orders,
       sum(discounted_0 * ${orderValueSql(made)} order by profile_id) as value
     from ${histories.table} as customers join ${scoresTable} using (place)`
  );
}

async function print(
  call: Call,
  settings: ValueDefinition,
  histories: Histories,
  made: Forecast,
  check: ValueCheck | undefined,
  total?: Total
): Promise<void> {
  const {fit} = made.fitted;
  if (call.json) {
    return call.print(
      toJson({
        model: fit.model,
        params: fit.params,
        standardErrors: fit.standardErrors,
        logLikelihood: fit.logLikelihood,
        status: fit.status,
        message: fit.message,
        n: histories.customers,
        unit: settings.unit,
        until: histories.until,
        aic: fit.aic,
        bic: fit.bic,
        likelihoodRatio: fit.likelihoodRatio,
        orderValue: {model: made.spend.model, params: made.spend.params, status: made.spend.status, n: made.spend.n},
        basis: settings.margin === undefined ? "revenue" : "margin",
        forecast: total ? {horizon: settings.horizons[0], ...total} : null,
        holdout: check
          ? {
              calibrateUntil: check.calibrateUntil,
              holdoutUntil: check.holdoutUntil,
              orders: check.totals.orders.model,
              value: check.totals.value.model,
              baselines: {rate: {orders: check.totals.orders.rate, value: check.totals.value.rate}},
              gain: check.gain
            }
          : null
      })
    );
  }
  await call.print(`${card(settings, histories, made, check, total).join("\n")}\n`);
}

function card(
  settings: ValueDefinition,
  histories: Histories,
  made: Forecast,
  check: ValueCheck | undefined,
  total?: Total
): string[] {
  const {fit} = made.fitted;
  const basis = settings.margin === undefined ? "revenue" : "margin";
  const lines = [
    `${fit.model}, fitted until ${histories.until}: ${count(histories.customers)} customers, ${count(histories.orders)} orders, ${percent(histories.oneTimers / Math.max(1, histories.customers))} ordered once`,
    `status: ${fit.status}${fit.message ? ` (${fit.message})` : ""}`
  ];
  if (histories.truncated > histories.customers / 4) {
    lines.push(
      `${percent(histories.truncated / histories.customers)} were first seen in the first four weeks: earlier orders of theirs may be missing`
    );
  }
  if (Object.keys(fit.params).length > 0) {
    const row = (name: string, value: number, error: number | undefined) => [
      name,
      value.toPrecision(6),
      error?.toPrecision(4) ?? "–"
    ];
    lines.push(
      "",
      ...textTable(
        ["parameter", "estimate", "std error"],
        [
          ...Object.entries(fit.params).map(([name, value]) => row(name, value, fit.standardErrors?.[name])),
          ...Object.entries(made.spend.params).map(([name, value]) =>
            row(`${name} (order value)`, value, made.spend.standardErrors?.[name])
          )
        ]
      ),
      "",
      `log-likelihood ${fit.logLikelihood.toFixed(4)}, AIC ${fit.aic.toFixed(1)}, BIC ${fit.bic.toFixed(1)}${fit.likelihoodRatio === null ? "" : `, likelihood ratio to NBD ${fit.likelihoodRatio.toFixed(1)}`}; time in ${settings.unit}s`
    );
  }
  if (made.spend.message) lines.push(`order value: ${made.spend.message}`);
  if (total) {
    lines.push(
      "",
      `forecast for ${settings.horizons[0]}: ${count(Math.round(total.orders))} orders worth ${count(Math.round(total.value))} (${basis}, discounted)`
    );
  }
  if (check) {
    const {orders, value} = check.totals;
    const row = (name: string, key: "model" | "rate") => [
      name,
      count(Math.round(orders[key].predicted)),
      orders[key].ratio?.toFixed(3) ?? "–",
      orders[key].rmse.toFixed(4),
      count(Math.round(value[key].predicted)),
      value[key].ratio?.toFixed(3) ?? "–"
    ];
    lines.push(
      "",
      `holdout: fitted until ${check.calibrateUntil}, compared until ${check.holdoutUntil}`,
      ...textTable(
        ["", "orders", "÷ actual", "RMSE", "value", "÷ actual"],
        [
          row("model", "model"),
          row("past rate × mean", "rate"),
          ["actual", count(orders.model.actual), "", "", count(Math.round(value.model.actual)), ""]
        ]
      ),
      "",
      ...textTable(
        ["ranked by", "top 10%", "top 20%", "top 30%", "Gini"],
        (["model", "historic", "rate"] as const).map((series) => [
          {model: "model", historic: "historic spend", rate: "past rate × mean"}[series],
          ...check.gain[series].capture.slice(0, 3).map(percent),
          check.gain[series].normalisedGini?.toFixed(3) ?? "–"
        ])
      )
    );
  } else lines.push("", "no holdout: the data are too short to check the forecast");
  return lines;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
