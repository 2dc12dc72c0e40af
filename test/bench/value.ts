import {valueDefinition} from "../../lib/definitions/value.js";
import {bgNbd, mbgNbd} from "../../lib/value/betaGeometric.js";
import {fitPurchases, fitSpend} from "../../lib/value/fit.js";
import {forecast} from "../../lib/value/forecast.js";
import type {PurchaseModel} from "../../lib/value/model.js";
import {paretoNbd} from "../../lib/value/paretoNbd.js";
import {readHistories} from "../../loaders/derive/value/histories.js";
import {lifetimeValueSql} from "../../loaders/derive/models/lifetimeValue.js";
import {drawIntervals, intervalColumns, intervalsTable, scoreHistories} from "../../loaders/derive/value/score.js";
import {openDatabase} from "../../loaders/engine/database.js";
import {calibrationEnd, cdnow, hasReference} from "../lib/value/reference.js";
import {summarise} from "../../lib/value/summary.js";
import {median, runs, seconds, type Row} from "./report.js";

/** Customers of the large base. */
const customers = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);

/** Fits on the CDNOW sample, warm, and a large base summarised, fitted and scored; absolute targets, as ratios to them. */
export async function valueBench(): Promise<Row[]> {
  return [...(hasReference ? fits() : []), ...(await largeBase(drawnOrders)), ...(await largeBase(evenOrders))];
}

function fits(): Row[] {
  const histories = cdnow();
  const known = histories.map((h) => h.days.filter((day) => day <= calibrationEnd).length);
  const data = summarise(
    known.map((n) => n - 1),
    histories.map((h, i) => (h.days[known[i]! - 1]! - h.days[0]!) / 7),
    histories.map((h) => (calibrationEnd - h.days[0]!) / 7)
  );
  const means = histories.flatMap((h, i) => {
    const later = h.values.slice(1, known[i]);
    const total = later.reduce((a, b) => a + b, 0);
    return total > 0 ? [[later.length, total / later.length] as const] : [];
  });
  const spend = {
    x: Float64Array.from(means, ([x]) => x),
    mean: Float64Array.from(means, ([, mean]) => mean),
    weight: Float64Array.from(means, () => 1)
  };
  const fit = (model: PurchaseModel) => () => void fitPurchases(model, data, {comparesNbd: false});
  return [
    warm("BG/NBD on the CDNOW sample", 10, fit(bgNbd)),
    warm("MBG/NBD", 10, fit(mbgNbd)),
    warm("Pareto/NBD", 150, fit(paretoNbd)),
    warm("Gamma-Gamma", 60, () => void fitSpend(spend))
  ];
}

/** Milliseconds of processor; the wall clock's median in brackets. */
function warm(what: string, milliseconds: number, work: () => void): Row {
  for (let i = 0; i < 5; ++i) work();
  const times = Array.from({length: Math.max(9, runs)}, () => {
    const [start, busy] = [performance.now(), process.cpuUsage()];
    work();
    const {user, system} = process.cpuUsage(busy);
    return {busy: (user + system) / 1000, wall: performance.now() - start};
  });
  const time = median(times.map(({busy}) => busy));
  return {
    what,
    measured: `${time.toFixed(1)} ms (${median(times.map(({wall}) => wall)).toFixed(1)} ms)`,
    against: `${milliseconds} ms`,
    ratio: time / milliseconds,
    target: 1
  };
}

interface LargeBase {
  what: string;
  orders: string;
}

/** Everybody orders at a rate of their own and leaves with a chance of their own after each order, as the model has it. */
const drawnOrders: LargeBase = {
  what: "orders drawn by chance",
  orders: `
    with people as (
      select i::ubigint as profile_id, uniform('first', i) * 700 as first, -ln(uniform('rate', i)) / 60 as rate,
        power(uniform('drop-out', i), 0.4) as stays, 5 + uniform('mean', i) * 60 as mean
      from range(${customers}) as t(i)
    ),
    coming as (
      select profile_id, first, mean, rate,
        unnest(range(least(400, floor(ln(uniform('stay', profile_id)) / ln(stays)))::bigint)) as nth from people
    ),
    repeats as (
      select profile_id, first, mean,
        sum(-ln(uniform(nth || ' gap', profile_id)) / rate) over (partition by profile_id order by nth) as since
      from coming
    ),
    bought as (
      select profile_id, first, mean, 0 as since from people
      union all select profile_id, first, mean, since from repeats where first + since <= 1000
    )
    select profile_id, date '2023-01-01' + (first + since)::integer as day,
      (mean * (0.5 + uniform('amount ' || since, profile_id)))::decimal(18,4) as amount
    from bought`
};

/** The hard case: orders at even distances until a day of everybody's own. Drop-out hardly differs: the fit is a ridge. */
const evenOrders: LargeBase = {
  what: "orders at even distances",
  orders: `
    with people as (
      select i::ubigint as profile_id, hash(i) % 700 as first, 0.002 + 0.05 * power((hash(i + 7) % 1000) / 1000.0, 3) as rate,
        60 + hash(i + 13) % 1400 as life, 5 + hash(i + 29) % 60 as mean
      from range(${customers}) as t(i)
    )
    select profile_id, date '2023-01-01' + (first + day)::integer as day,
      (mean * (0.5 + (hash(profile_id + day) % 100) / 100.0))::decimal(18,4) as amount
    from (
      select profile_id, first, mean,
        unnest(range(0, least(1000 - first, life)::bigint, greatest(1, (1 / rate)::bigint))) as day
      from people
    )`
};

/**
 * From the orders of each day to the table of everybody's value, on one thread; beside it the least that this could
 * cost: DuckDB grouping the orders by customer into a table. In seconds of processor, which a busy machine leaves as they
 * are; the wall clock stands in brackets.
 */
async function largeBase({what, orders}: LargeBase): Promise<Row[]> {
  const database = await openDatabase(":memory:", {threads: "1"});
  const settings = valueDefinition.parse({});
  await database.run(`
    create macro uniform(purpose, i) as (1 + (hash(purpose || i::varchar) >> 12)) / 4503599627370498.0;
    create table orders as
    select profile_id, day, count(*)::integer as orders, sum(amount)::decimal(18,4) as gross,
      0::decimal(18,4) as refunded, sum(amount)::decimal(18,4) as net, sum(amount)::decimal(18,4) as margin
    from (${orders}) group by all order by all;
    create schema core;
    create table core.profiles as select distinct profile_id from orders order by profile_id`);
  const count = await database.value<number>("select count(*)::integer from orders");
  const parts: Record<string, Times[]> = {};
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const [start, busy] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const {user, system} = process.cpuUsage(busy);
    (parts[part] ??= []).push({busy: (user + system) / 1e6, wall: (performance.now() - start) / 1000});
    return result;
  };
  for (let i = 0; i < Math.min(runs, 3); ++i) {
    await timed("grouped", () =>
      database.run(
        `create or replace temp table bare as
         select profile_id, count(*), min(day), max(day), sum(net), sum(gross), sum(margin) from orders group by profile_id`
      )
    );
    const histories = await timed("summarised", () => readHistories(database, "orders", "2025-09-27", settings));
    const made = await timed("fitted", () => forecast(histories, settings));
    await timed("scored", () => scoreHistories(database, histories, made, settings));
    const table = lifetimeValueSql(histories, made, settings, new Date(Date.UTC(2025, 8, 28)));
    const write = () => database.run(`create or replace temp table written as ${table}`);
    await database.run(`create or replace temp table ${intervalsTable} (${intervalColumns})`);
    await timed("written", write);
    await timed("intervals drawn", () => drawIntervals(database, histories, made, settings));
    await timed("written with them", write);
  }
  database.close();
  const label = `${customers.toLocaleString("en-US")} customers, ${count!.toLocaleString("en-US")} ${what}`;
  const total = (names: string[]): Times => ({
    busy: names.reduce((sum, name) => sum + median(parts[name]!.map(({busy}) => busy)), 0),
    wall: names.reduce((sum, name) => sum + median(parts[name]!.map(({wall}) => wall)), 0)
  });
  const each = (names: string[]) => names.map((name) => `${name} ${total([name]).busy.toFixed(1)}`).join(", ");
  const shown = ({busy, wall}: Times) => `${seconds(busy)} (${seconds(wall)})`;
  const plain = ["summarised", "fitted", "scored", "written"];
  const drawn = ["summarised", "fitted", "scored", "intervals drawn", "written with them"];
  const floor = total(["grouped"]);
  const absolute = (names: string[], target: number): Row => ({
    what: each(names),
    measured: shown(total(names)),
    against: `${target} s`,
    ratio: total(names).busy / target,
    target: 1
  });
  return [
    {what: `${label}: grouped by customer into a table, the floor`, measured: shown(floor)},
    absolute(plain, 8),
    {
      what: "the same to the floor",
      measured: shown(total(plain)),
      against: seconds(floor.busy),
      ratio: total(plain).busy / floor.busy
    },
    absolute(drawn, 60)
  ];
}

/** Seconds of processor, and by the clock. */
interface Times {
  busy: number;
  wall: number;
}
