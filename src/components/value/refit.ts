import {discounted, discountRate, type TimeUnit} from "../../lib/value/discount.js";
import type {Fit} from "../../lib/value/fit.js";
import {forecast, type Forecast} from "../../lib/value/forecast.js";
import {gammaGamma} from "../../lib/value/gammaGamma.js";
import {daysPer, horizonLength} from "../../lib/value/horizon.js";
import {binHistories, type MapCell, type Scored} from "./bins.js";

/** The published weighted summary, by column; times in days. */
export interface RefitData {
  histories: Record<"x" | "recency" | "age" | "customers" | "spenders" | "mean", Float64Array>;
  spend: Record<"orders" | "mean" | "customers", Float64Array>;
  /** The unit of time that parameters are given in. */
  unit: TimeUnit;
  /** Whether first orders count among `spend.orders`. */
  firstOrder: boolean;
}

export interface RefitChoice {
  model: string;
  /** Such as `12 months`. */
  horizon: string;
  /** A year: 0.1 for 10%. */
  discountRate: number;
  /** What a unit of the published order values counts for. */
  factor: number;
}

export interface Refit {
  choice: RefitChoice;
  /** The model asked for. */
  fit: Fit;
  spend: Fit;
  /** The model that the forecast uses: NBD where no drop-out can be told; null where nothing can be forecast. */
  used: string | null;
  /** Forecasts of the whole base; null where there is none. */
  orders: number | null;
  value: number | null;
  stillCustomers: number | null;
  map: MapCell[];
  milliseconds: number;
}

/** Fits models to the published summary, each once, and forecasts from them. */
export class Refitting {
  readonly #data: RefitData;
  readonly #fits = new Map<string, Forecast>();

  constructor(data: RefitData) {
    this.#data = data;
  }

  run(choice: RefitChoice): Refit {
    const start = performance.now();
    const made = this.#fit(choice.model);
    const scores = this.#score(made, choice);
    return {choice, fit: made.fitted.fit, spend: made.spend, used: made.used?.model.name ?? null, ...scores, milliseconds: performance.now() - start}; // prettier-ignore
  }

  #fit(model: string): Forecast {
    let made = this.#fits.get(model);
    if (!made) {
      const {histories, spend, unit} = this.#data;
      const days = daysPer(unit);
      const summary = {
        x: histories.x,
        tx: histories.recency.map((time) => time / days),
        T: histories.age.map((time) => time / days),
        weight: histories.customers
      };
      made = forecast({summary, spend: {x: spend.orders, mean: spend.mean, weight: spend.customers}}, {model});
      this.#fits.set(model, made);
    }
    return made;
  }

  #score(made: Forecast, {horizon, discountRate: rate, factor}: RefitChoice) {
    const {histories, unit} = this.#data;
    const length = horizonLength(horizon, unit);
    const days = daysPer(unit);
    const delta = discountRate(rate, unit);
    const model = made.used?.model.at(made.used.parameters);
    const worth = this.#orderValues(made);
    const scored: Scored[] = [];
    let [orders, value, alive] = [0, 0, 0];
    for (let i = 0; i < histories.x.length; ++i) {
      const [x, recency, age, customers] = [histories.x[i]!, histories.recency[i]!, histories.age[i]!, histories.customers[i]!]; // prettier-ignore
      const expected = model && ((h: number) => model.expected(h, x, recency / days, age / days));
      const pAlive = model && made.hasPAlive ? model.pAlive(x, recency / days, age / days) : null;
      scored.push({x, recency, age, customers, pAlive, orders: expected?.(length) ?? null});
      if (!expected) continue;
      orders += customers * expected(length);
      value += customers * discounted(expected, length, delta) * worth(i) * factor;
      alive += customers * (pAlive ?? 0);
    }
    return {
      orders: model ? orders : null,
      value: model ? value : null,
      stillCustomers: model && made.hasPAlive ? alive : null,
      map: binHistories(scored)
    };
  }

  /**
   * The mean expected order value of a history's customers. Gamma-Gamma's expectation is linear in a customer's mean, so
   * that of customers with as many orders is had from the mean of their means.
   */
  #orderValues({spendParameters, meanOrderValue}: Forecast): (history: number) => number {
    const {histories, firstOrder} = this.#data;
    if (!spendParameters) return () => meanOrderValue;
    const unknown = gammaGamma.expected(spendParameters, 0, 0);
    return (i) => {
      const spenders = histories.spenders[i]!;
      if (spenders === 0) return unknown;
      const orders = firstOrder ? histories.x[i]! + 1 : histories.x[i]!;
      const known = gammaGamma.expected(spendParameters, orders, histories.mean[i]!);
      return unknown + (spenders / histories.customers[i]!) * (known - unknown);
    };
  }
}
