import {valueDefinition} from "../../lib/definitions/value.js";
import {bgNbd, mbgNbd} from "../../lib/value/betaGeometric.js";
import {fitPurchases, fitSpend} from "../../lib/value/fit.js";
import {forecast} from "../../lib/value/forecast.js";
import type {PurchaseModel} from "../../lib/value/model.js";
import {paretoNbd} from "../../lib/value/paretoNbd.js";
import {readHistories} from "../../loaders/derive/value/histories.js";
import {drawIntervals, scoreHistories} from "../../loaders/derive/value/score.js";
import {openDatabase} from "../../loaders/engine/database.js";
import {calibrationEnd, cdnow, hasReference} from "../lib/value/reference.js";
import {summarise} from "../../lib/value/summary.js";
import {median, runs, type Row} from "./report.js";

/** Customers of the large base. */
const customers = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);

/** Fits on the CDNOW sample, warm, and a large base summarised, fitted and scored; absolute targets, as ratios to them. */
export async function valueBench(): Promise<Row[]> {
  return [...(hasReference ? fits() : []), ...(await largeBase())];
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

function warm(what: string, milliseconds: number, work: () => void): Row {
  for (let i = 0; i < 5; ++i) work();
  const times = Array.from({length: Math.max(5, runs)}, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  const time = median(times);
  return {
    what,
    measured: `${time.toFixed(1)} ms`,
    against: `${milliseconds} ms`,
    ratio: time / milliseconds,
    target: 1
  };
}

async function largeBase(): Promise<Row[]> {
  const database = await openDatabase(":memory:", {threads: "1"});
  const settings = valueDefinition.parse({});
  // Orders at a rate of each customer's own, until a day of their own; amounts around a mean of their own.
  await database.run(`
    create table orders as
    with people as (
      select i::ubigint as profile_id, hash(i) % 700 as first, 0.002 + 0.05 * power((hash(i + 7) % 1000) / 1000.0, 3) as rate,
        60 + hash(i + 13) % 1400 as life, 5 + hash(i + 29) % 60 as mean
      from range(${customers}) as t(i)
    )
    select profile_id, date '2023-01-01' + (first + day)::integer as day, 1 as orders, amount as gross,
      0::decimal(18,4) as refunded, amount as net, amount as margin
    from (
      select profile_id, first, unnest(range(0, least(1000 - first, life)::bigint, greatest(1, (1 / rate)::bigint))) as day,
        (mean * (0.5 + (hash(profile_id + day) % 100) / 100.0))::decimal(18,4) as amount
      from people
    )`);
  const times: [number, number][] = [];
  for (let i = 0; i < Math.min(runs, 3); ++i) {
    const start = performance.now();
    const histories = await readHistories(database, "orders", "2025-09-27", settings);
    const made = forecast(histories, settings);
    await scoreHistories(database, histories, made, settings);
    const scored = performance.now() - start;
    await drawIntervals(database, histories, made, settings);
    times.push([scored / 1000, (performance.now() - start) / 1000]);
  }
  database.close();
  const row = (what: string, place: 0 | 1, target: number): Row => {
    const time = median(times.map((pair) => pair[place]));
    return {what, measured: `${time.toFixed(1)} s`, against: `${target} s`, ratio: time / target, target: 1};
  };
  const label = `${customers.toLocaleString("en-US")} customers summarised, fitted, scored`;
  return [row(label, 0, 8), row(`${label}, with intervals`, 1, 60)];
}
