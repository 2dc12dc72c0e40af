import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {
  calibration,
  checkHoldout,
  gain,
  gainCurve,
  type CalibrationRow,
  type Gain,
  type HoldoutCheck
} from "../../../lib/value/holdout.js";
import type {Database} from "../../engine/database.js";
import {readNumbers} from "../../engine/numbers.js";
import {forecast, type Forecast} from "../../../lib/value/forecast.js";
import {orderValueSql} from "./orderValue.js";
import {ordersSql, type OrderTables} from "./orders.js";
import {readHistories, unitsBetween, type Histories} from "./histories.js";
import {scoreHistories, scoresTable} from "./score.js";
import {addDays} from "../../../lib/calendar.js";
import {daysPer} from "../../../lib/value/horizon.js";

/** A forecast made from the data until one day, held against what came after it. */
export interface ValueCheck {
  /** Last day fitted, and last day compared with. */
  calibrateUntil: string;
  holdoutUntil: string;
  histories: Histories;
  forecast: Forecast;
  /** Orders and value per customer, of the model and of two simpler rules. */
  totals: Record<"orders" | "value", Record<"model" | "rate" | "zero", HoldoutCheck>>;
  /** What ranking customers by each score finds of the holdout's value. */
  gain: Record<"model" | "historic" | "rate", Gain>;
  calibration: Record<"orders" | "value", CalibrationRow[]>;
  /** Cumulative repeat orders of the customers fitted, by week since the first order of all. */
  tracking: {week: number; day: string; actual: number; expected: number}[];
}

/**
 * Fits until a day, to orders as they were known then (`tables`), and compares with the orders (a table as `ordersSql`
 * makes it) from the day after until another. Undefined where nothing can be forecast, or no day lies between. `rate` is
 * every customer's past orders per unit of time, at their past mean value.
 */
export async function checkForecast(
  database: Database,
  tables: OrderTables,
  orders: string,
  settings: ValueDefinition,
  calibrateUntil: string,
  holdoutUntil: string
): Promise<ValueCheck | undefined> {
  const days = (Date.parse(holdoutUntil) - Date.parse(calibrateUntil)) / 86_400_000;
  if (!(days > 0)) return undefined;
  const known = `(${ordersSql(tables, calibrateUntil)})`;
  const histories = await readHistories(database, known, calibrateUntil, settings);
  const made = forecast(histories, settings);
  if (!made.used) return undefined;
  const unitDays = daysPer(settings.unit);
  const horizon = made.used.model.isDiscrete ? Math.floor(days / unitDays) : days / unitDays;
  await scoreHistories(database, histories, made, {...settings, horizons: [`${days} days`], discount_rate: 0});
  const amount = settings.margin === undefined ? "net" : "margin";
  const [predicted, value, rate, rateValue, historic, actual, actualValue] = (await readNumbers(
    database,
    `with came as (
       select profile_id, count(*) as orders, sum(${amount}) as value from ${orders}
       where day > '${calibrateUntil}' and day <= '${holdoutUntil}' group by profile_id
     )
     select orders_0, orders_0 * ${orderValueSql(made)},
       x * ${horizon}::double / greatest(t_units / ${made.used.model.isDiscrete ? 1 : unitDays}, 1e-9),
       x * ${horizon}::double / greatest(t_units / ${made.used.model.isDiscrete ? 1 : unitDays}, 1e-9) * coalesce(spend_mean, 0),
       customers.${amount}::double, coalesce(came.orders, 0)::double, coalesce(came.value, 0)::double
     from ${histories.table} as customers join ${scoresTable} using (place) left join came using (profile_id)
     order by profile_id`
  )) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const zero = new Float64Array(actual.length);
  const perfect = gainCurve(actualValue, actualValue);
  return {
    calibrateUntil,
    holdoutUntil,
    histories,
    forecast: made,
    totals: {
      orders: {
        model: checkHoldout(predicted, actual),
        rate: checkHoldout(rate, actual),
        zero: checkHoldout(zero, actual)
      },
      value: {
        model: checkHoldout(value, actualValue),
        rate: checkHoldout(rateValue, actualValue),
        zero: checkHoldout(zero, actualValue)
      }
    },
    gain: {
      model: gain(value, actualValue, perfect),
      historic: gain(historic, actualValue, perfect),
      rate: gain(rateValue, actualValue, perfect)
    },
    calibration: {orders: calibration(predicted, actual, rate), value: calibration(value, actualValue, rateValue)},
    tracking: await track(database, orders, histories, made, settings, holdoutUntil)
  };
}

/**
 * Customers enter on their own first day; week w ends on the day 7 w − 1 after the first order of all. Under the discrete
 * models an order is a unit of time with one, and sBG's end with the first unit without.
 */
async function track(
  database: Database,
  orders: string,
  {table}: Histories,
  {used}: Forecast,
  settings: ValueDefinition,
  holdoutUntil: string
): Promise<ValueCheck["tracking"]> {
  const first = await database.value<string>(`select min(first_day) from ${table}`);
  if (!first) return [];
  const {isDiscrete} = used!.model;
  const count = Math.floor(((Date.parse(holdoutUntil) - Date.parse(first)) / 86_400_000 + 1) / 7);
  const elapsed = (from: string, to: string) =>
    isDiscrete ? unitsBetween(from, to, settings.unit) : `${to} - ${from}`;
  const later = `from ${orders} as orders join ${table} as customers using (profile_id) where orders.day <= '${holdoutUntil}'`;
  const counted = isDiscrete
    ? `select profile_id, ${elapsed("first_day", "orders.day")} as since, min(orders.day) as day
       ${later} group by profile_id, since
       ${settings.model === "sbg" ? "qualify since = row_number() over (partition by profile_id order by since) - 1" : ""}`
    : `select orders.day - first_day as since, orders.day ${later}`;
  const came = await database.rows<{week: number; orders: number}>(
    `select ((day - '${first}'::date) // 7)::integer as week, count(*)::integer as orders
     from (${counted}) where since > 0 group by all`
  );
  const [week, since, customers] = (await readNumbers(
    database,
    `with starts as (select first_day, count(*) as customers from ${table} group by first_day),
     ends as (select week, '${first}'::date + 7 * week::integer - 1 as day from range(1, ${count + 1}) as weeks (week))
     select week::double, (${elapsed("first_day", "ends.day")})::double as since, sum(customers)::double
     from ends join starts on first_day < ends.day group by week, since order by all`
  )) as [Float64Array, Float64Array, Float64Array];
  const model = used!.model.at(used!.parameters);
  const bySince: number[] = [];
  const expectedSince = (since: number) =>
    (bySince[since] ??= model.unconditional(since / (isDiscrete ? 1 : daysPer(settings.unit))));
  const expected = new Float64Array(count + 1);
  for (let i = 0; i < week.length; ++i) expected[week[i]!]! += customers[i]! * expectedSince(since[i]!);
  const byWeek = new Map(came.map((row) => [row.week, row.orders]));
  let actual = 0;
  return Array.from({length: count}, (_, i) => {
    actual += byWeek.get(i) ?? 0;
    return {week: i + 1, day: addDays(first, 7 * (i + 1) - 1), actual, expected: expected[i + 1]!};
  });
}

/** The day to fit until where none is given: two thirds of the data's days are fitted, a third is held out. */
export function defaultCalibration(
  first: string,
  last: string,
  settings: ValueDefinition
): {until: string; end: string} {
  const end = settings.holdout_until && settings.holdout_until < last ? settings.holdout_until : last;
  const days = (Date.parse(end) - Date.parse(first)) / 86_400_000;
  return {until: settings.calibrate_until ?? addDays(first, Math.floor((days * 2) / 3)), end};
}
