import type {ValueDefinition} from "../../../lib/definitions/value.js";
import {discounted, discountRate} from "../../../lib/value/discount.js";
import {
  bootstrapParameters,
  bootstrapSpend,
  drawParameters,
  FutureDraws,
  type DrawOptions
} from "../../../lib/value/interval.js";
import {gammaGamma} from "../../../lib/value/gammaGamma.js";
import type {Database} from "../../engine/database.js";
import {appendNumbers, readNumbers} from "../../engine/numbers.js";
import type {Forecast} from "../../../lib/value/forecast.js";
import type {Histories} from "./histories.js";
import {daysPer, horizonLength} from "../../../lib/value/horizon.js";

/** What is known of each distinct history: table of `place, p_alive, orders_0 …, discounted_0 …`, in a catalog that the caller names. */
export const scoresTable = "value_scores";

/** The table of `place, spend_orders, spend_mean, lower, upper`, there too. */
export const intervalsTable = "value_intervals";
export const intervalColumns = "place integer, spend_orders integer, spend_mean double, lower double, upper double";

/** Up to here parameters are drawn by bootstrap, above from their asymptotic distribution. */
const bootstrapLimit = 50_000;
/** The more customers, the less the parameters vary, and the longer one refit takes. */
const parameterDraws = (customers: number) => Math.round(Math.min(100, Math.max(40, 1_000_000 / customers)));
/** Futures drawn for each distinct history. */
const futureCount = 200;
/** Beyond so many distinct histories, those that hardly differ share their futures. */
const sharedBeyond = 5_000;

/** Computes P(alive) and expected orders once for each distinct history; customers share them by `place`. */
export async function scoreHistories(
  database: Database,
  {summary}: Histories,
  {used, hasPAlive}: Forecast,
  settings: ValueDefinition,
  catalog = "temp"
): Promise<void> {
  const horizons = settings.horizons.map((horizon) => horizonLength(horizon, settings.unit));
  const names = horizons.flatMap((_, i) => [`orders_${i}`, `discounted_${i}`]);
  await database.run(
    `${create(catalog)} ${catalog}.main.${scoresTable} (
       place integer, p_alive double, ${names.map((name) => `${name} double`).join(", ")}
     )`
  );
  if (!used) return;
  const delta = discountRate(settings.discount_rate, settings.unit);
  const model = used.model.at(used.parameters);
  const future = (expected: (horizon: number) => number) =>
    horizons.flatMap((horizon) => [expected(horizon), discounted(expected, horizon, delta)]);
  const ofLiving = model.expectedOfLiving;
  const shared = new Map<number, Map<number, number[]>>();
  const {length} = summary.x;
  const alive = new Float64Array(length);
  const expected = names.map(() => new Float64Array(length));
  const turn = takingTurns();
  for (let i = 0; i < length; ++i) {
    if (i % 64 === 0) await turn();
    const [x, tx, T] = [summary.x[i]!, summary.tx[i]!, summary.T[i]!];
    alive[i] = model.pAlive(x, tx, T);
    let known: number[];
    if (ofLiving) {
      let byT = shared.get(x);
      if (!byT) shared.set(x, (byT = new Map()));
      known = byT.get(T) ?? future((horizon) => ofLiving(horizon, x, T));
      byT.set(T, known);
    } else known = future((horizon) => model.expected(horizon, x, tx, T));
    for (let j = 0; j < known.length; ++j) expected[j]![i] = ofLiving ? alive[i]! * known[j]! : known[j]!;
  }
  await appendNumbers(database, {catalog, table: scoresTable}, [
    {type: "integer", values: Int32Array.from({length}, (_, i) => i)},
    {type: "double", values: hasPAlive ? alive : new Array<null>(length).fill(null)},
    ...expected.map((values) => ({type: "double" as const, values}))
  ]);
}

/**
 * Draws the interval of each customer's discounted value within the first horizon: the parameters' uncertainty, whether
 * alive, the orders that come, and what they are worth. Customers with one history and one mean share it.
 */
export async function drawIntervals(
  database: Database,
  histories: Histories,
  {used, spend, spendParameters, meanOrderValue}: Forecast,
  settings: ValueDefinition,
  catalog = "temp"
): Promise<void> {
  await database.run(`${create(catalog)} ${catalog}.main.${intervalsTable} (${intervalColumns})`);
  if (!used) return;
  const {summary, customers} = histories;
  // A refit of data drawn at a boundary has no bound either.
  const isBootstrapped = customers <= bootstrapLimit && used.fit.status === "ok";
  const options = {draws: isBootstrapped ? parameterDraws(customers) : 100, seed: 1};
  const step = settings.unit === "day" ? 1 : 1 / daysPer(settings.unit);
  const drawn = isBootstrapped
    ? bootstrapParameters(used.model, used.fit, summary, options, used.model.isDiscrete ? 0 : step)
    : [];
  const parameters = enough(drawn, options) ??
    drawParameters(used.fit, used.model.parameters, options) ?? [used.parameters];
  // Without a spread of order values every order is worth the mean: a Gamma so narrow that it does not matter.
  const narrow = [1e6, 1e9, (meanOrderValue * 1e9) / 1e6];
  const spendDrawn = isBootstrapped && spendParameters ? bootstrapSpend(spend, histories.spend, options) : [];
  const spendDraws = spendParameters
    ? (enough(spendDrawn, options) ??
      drawParameters(spend, gammaGamma.parameters, options, [0, 1, 0]) ?? [spendParameters])
    : [narrow];
  const horizon = horizonLength(settings.horizons[0]!, settings.unit);
  const vectors = Array.from({length: futureCount}, (_, k) => parameters[k % parameters.length]!);
  const futures = new FutureDraws(used.model, vectors, spendDraws, 2);
  // Given x, what comes depends on the chance of being alive and, through the rate, on the age.
  const alike =
    summary.x.length > sharedBeyond
      ? "dense_rank() over (order by x, round(25 * coalesce(p_alive, 1)), round(10 * ln(1 + t_units)))"
      : "place";
  const [place, pattern, orders, mean, factor] = await readNumbers(
    database,
    `with known as (
       select *, ${alike} as kind from (select distinct place, x, t_units, spend_orders, spend_mean from ${histories.table})
       join ${catalog}.main.${scoresTable} using (place)
     ),
     kinds as (select kind, arg_min(place, hash(place)) as pattern from known group by kind)
     select place::double, pattern::double, spend_orders::double, coalesce(spend_mean, 0)::double,
       case when orders_0 > 0 then discounted_0 / orders_0 else 1 end
     from known join kinds using (kind) order by kind, spend_orders, place, spend_mean`
  );
  const {length} = place!;
  const [lower, upper] = [new Float64Array(length), new Float64Array(length)];
  const turn = takingTurns();
  let last = -1;
  for (let i = 0; i < length; ++i) {
    if (i % 64 === 0) await turn();
    const at = pattern![i]!;
    if (at !== last) futures.drawOrders(horizon, summary.x[at]!, summary.tx[at]!, summary.T[at]!);
    last = at;
    const known = {orders: orders![i]!, mean: mean![i]!};
    [lower[i], upper[i]] = futures.interval(known, factor![i]!, settings.interval);
  }
  await appendNumbers(database, {catalog, table: intervalsTable}, [
    {type: "integer", values: place!},
    {type: "integer", values: orders!},
    {type: "double", values: mean!},
    {type: "double", values: lower},
    {type: "double", values: upper}
  ]);
}

function create(catalog: string): string {
  return `create or replace ${catalog === "temp" ? "temp table" : "table"}`;
}

/** To be awaited now and then in a long computation: every 10 ms it lets others, who wait for the engine, go on. */
function takingTurns(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < 10) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      })
    );
  };
}

/** Vectors drawn, where so few refits failed that the rest stands for all. */
function enough(vectors: number[][], {draws}: DrawOptions): number[][] | undefined {
  return vectors.length >= draws / 2 ? vectors : undefined;
}
