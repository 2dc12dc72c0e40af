import {describe, expect, it} from "vitest";
import {bgNbd, mbgCnbd, mbgNbd} from "../../../lib/value/betaGeometric.js";
import {fitPurchases, fitSpend} from "../../../lib/value/fit.js";
import {gammaGamma} from "../../../lib/value/gammaGamma.js";
import type {PurchaseModel} from "../../../lib/value/model.js";
import {nbd} from "../../../lib/value/nbd.js";
import {paretoNbd} from "../../../lib/value/paretoNbd.js";
import {drawGamma} from "../../../lib/stats/draw.js";
import {random} from "../../../lib/stats/random.js";
import {summarise, type Summary} from "../../../lib/value/summary.js";
import {discountedForever} from "../../oracles/discountedForever.js";
import {calibrationEnd, cdnow, hasReference, reference} from "./reference.js";

const one = (x: number, tx: number, T: number): Summary => summarise([x], [tx], [T]);

it("fitPurchases() gives errors once, and they come along when a fit is posted to another thread", () => {
  const uniform = random(7);
  const draws = Array.from({length: 500}, () => mbgNbd.at([0.5, 6, 0.9, 1.6]).history(40, uniform));
  const times = (key: "x" | "tx") => draws.map((draw) => draw[key]);
  const fit = fitPurchases(
    mbgNbd,
    summarise(
      times("x"),
      times("tx"),
      draws.map(() => 40)
    )
  );
  expect(fit.logCovariance).toHaveLength(4);
  expect(fit.logCovariance).toBe(fit.logCovariance);
  expect(structuredClone(fit)).toStrictEqual({...fit});
});

// Published: Fader, Hardie & Lee (2005) and the values printed by lifetimes' and CLVTools' own tests.
describe("at published parameters", () => {
  const bg = bgNbd.at([0.243, 4.414, 0.793, 2.426]);

  it("bgNbd.expected(39, 2, 30.43, 38.86) is 1.226", () => {
    expect(bg.expected(39, 2, 30.43, 38.86)).toBeCloseTo(1.2260281747671349, 10);
  });

  it("bgNbd.expected stays finite where the usual form overflows", () => {
    expect(bg.expected(520, 26, 30.857, 31)).toBeCloseTo(98.12281246, 7);
    expect(bg.expected(52, 400, 30, 31)).toBeCloseTo(2.104707249884, 9);
    expect(bgNbd.at([0.11, 2.24, 0.31, 0.5]).expected(30, 0, 0, 1)).toBeCloseTo(0.5645886155327835, 10);
    expect(mbgNbd.at([0.525, 6.183, 0.891, 1.614]).expected(52, 400, 30, 31)).toBeCloseTo(2.98068063, 7);
    expect(bg.expected(52, 2000, 30, 31)).toBeGreaterThan(0);
  });

  it("mbgNbd.expected stays finite and positive where drop-out or rates hardly differ", () => {
    for (const [r, alpha, a, b] of [
      [0.5, 6, 6e4, 1e5],
      [6e4, 1e5, 0.8, 2],
      [6e4, 1e5, 6e4, 1e9]
    ]) {
      const f = mbgNbd.at([r!, alpha!, a!, b!]);
      for (const [x, tx, T] of [
        [0, 0, 5],
        [3, 4, 5],
        [300, 50, 60]
      ]) {
        const orders = f.expected(52, x!, tx!, T!);
        expect(orders).toBeGreaterThanOrEqual(0);
        expect(orders).toBeLessThan(1e3);
      }
    }
    // Near the border both ways agree.
    const near = [999.9, 1000.1].map((a) => mbgNbd.at([0.5, 6, a, 2e4]).expected(52, 3, 30, 40));
    expect(Math.abs(near[0]! / near[1]! - 1)).toBeLessThan(1e-4);
  });

  it("bgNbd.expected is continuous at a = 1", () => {
    expect(bgNbd.at([0.243, 4.414, 1, 2.426]).expected(39, 2, 30.43, 38.86)).toBeCloseTo(1.102137, 6);
  });

  it("bgNbd.logLikelihood at extreme histories", () => {
    const ll = (x: number, tx: number, T: number) => bgNbd.logLikelihood([0.25, 4, 0.8, 2.5], one(x, tx, T)).value;
    expect(ll(0, 0, 40)).toBeCloseTo(-0.5994738182, 9);
    expect(ll(200, 38, 40)).toBeCloseTo(100.7956931, 6);
    expect(ll(400, 5, 6)).toBeCloseTo(1105.312386, 5);
  });

  // BTYD's vignette, "increasing frequency paradox": expected orders in the next 52 weeks.
  it("paretoNbd.expected falls with frequency after a long silence", () => {
    const pareto = paretoNbd.at([0.553, 10.578, 0.606, 11.669]);
    const shown = [10, 15, 20, 25].map((x) => pareto.expected(52, x, 20, 39));
    [0.7059, 0.1442, 0.0225, 0.0031].forEach((e, i) => expect(Math.abs(shown[i]! - e)).toBeLessThan(6e-4));
  });

  it("paretoNbd is smooth and finite where closed forms underflow", () => {
    const pareto = paretoNbd.at([0.55, 10.58, 0.61, 11.67]);
    expect(pareto.expected(10, 132, 200, 200)).toBeCloseTo(6.2061, 3);
    expect(pareto.expected(10, 133, 200, 200)).toBeCloseTo(6.2529, 3);
    const p = paretoNbd.at([0.5143, 2.8845, 0.2856, 14.1087]).pAlive(221, 103.42857, 103.57143);
    expect(p).toBeGreaterThan(0.9);
    expect(p).toBeLessThanOrEqual(1);
  });

  it("gammaGamma.expected with and without orders", () => {
    const parameters = [6.25, 3.74, 15.44];
    expect(gammaGamma.expected(parameters, 2, 40)).toBeCloseTo(39.1404, 4);
    expect(gammaGamma.expected(parameters, 0, 0)).toBeCloseTo(35.219, 3);
  });
});

describe.each([nbd, bgNbd, mbgNbd, paretoNbd, mbgCnbd(2), mbgCnbd(3)])("$name", (model: PurchaseModel) => {
  const data = summarise([0, 1, 2, 7, 30, 400], [0, 1.7, 30.4, 29.4, 38.8, 38], [38.9, 38.9, 38.9, 38.9, 39, 39]);
  const parameters = model.parameters.map((_, i) => [0.6, 8, 0.7, 6][i]!);

  it("has the gradient that differences show", () => {
    const {gradient} = model.logLikelihood(parameters, data);
    gradient.forEach((g, i) => {
      const h = parameters[i]! * 1e-5;
      const at = (d: number) =>
        model.logLikelihood(
          parameters.map((p, j) => (i === j ? p + d : p)),
          data
        ).value;
      expect(Math.abs((at(h) - at(-h)) / (2 * h) - g) / Math.max(1, Math.abs(g))).toBeLessThan(2e-6);
    });
  });

  it("is fitted alike whatever the order of the customers", () => {
    const order = [3, 5, 0, 4, 1, 2];
    const pick = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
    const moved = {x: pick(data.x), tx: pick(data.tx), T: pick(data.T), weight: pick(data.weight)};
    expect(model.logLikelihood(parameters, moved).value).toBeCloseTo(model.logLikelihood(parameters, data).value, 9);
  });

  it("shifts its log-likelihood by −x ln c when time is scaled by c", () => {
    const c = 7;
    const scaled = {...data, tx: data.tx.map((t) => t * c), T: data.T.map((t) => t * c)};
    const orders = data.x.reduce((a, b) => a + b, 0);
    const moved = model.logLikelihood(model.rescale(parameters, c), {...scaled, logGaps: orders * Math.log(c)}).value;
    const plain = model.logLikelihood(parameters, {...data, logGaps: 0}).value;
    expect(moved).toBeCloseTo(plain - orders * Math.log(c), 6);
  });

  it("gives P(alive) in (0, 1] that falls with silence, and orders that rise with the horizon", () => {
    const f = model.at(parameters);
    for (const x of [0, 1, 5, 50]) {
      const tx = x === 0 ? 0 : 10;
      let [p, e] = [1, 0];
      for (const T of [10, 12, 20, 60, 400].filter((t) => t >= tx)) {
        const next = f.pAlive(x, tx, T);
        expect(next).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThanOrEqual(p + 1e-12);
        p = next;
      }
      for (const horizon of [1, 5, 26, 52, 520]) {
        const next = f.expected(horizon, x, tx, 20);
        expect(next).toBeGreaterThan(e);
        e = next;
      }
    }
  });
});

describe("mbgCnbd(k)", () => {
  // A random stream as a check of the sum over phases: two orders early, then silence; what living customers do next.
  it("expects what simulated customers do", () => {
    const [r, alpha, a, b, k] = [1.4, 1.3, 0.8, 2.5, 3];
    const [x, tx, T, horizon] = [2, 7, 10, 12];
    const uniform = random(7);
    const exponential = () => -Math.log(1 - uniform());
    let [weightAlive, ordersAlive] = [0, 0];
    for (let i = 0; i < 60_000; ++i) {
      // Importance sampling: the rate and drop-out from their priors, weighted by the history's likelihood when alive.
      const rate = drawGamma(r, uniform) / alpha;
      const [u, v] = [drawGamma(a, uniform), drawGamma(b, uniform)];
      const p = u / (u + v);
      let survive = 0;
      for (let j = 0, term = Math.exp(-rate * (T - tx)); j < k; ++j, term *= (rate * (T - tx)) / j) survive += term;
      const likelihood = Math.pow(rate, k * x) * Math.exp(-rate * tx) * survive * Math.pow(1 - p, x + 1);
      let j = 0;
      let [at, pick] = [Math.exp(-rate * (T - tx)), uniform() * survive];
      while (j < k - 1 && pick > at) {
        pick -= at;
        ++j;
        at *= (rate * (T - tx)) / j;
      }
      let [time, phases, orders] = [0, j, 0];
      for (;;) {
        time += exponential() / rate;
        if (time > horizon) break;
        if (++phases < k) continue;
        phases = 0;
        ++orders;
        if (uniform() < p) break;
      }
      weightAlive += likelihood;
      ordersAlive += likelihood * orders;
    }
    const f = mbgCnbd(k).at([r, alpha, a, b]);
    const expected = f.expected(horizon, x, tx, T) / f.pAlive(x, tx, T);
    expect(Math.abs(ordersAlive / weightAlive / expected - 1)).toBeLessThan(0.03);
  });

  it("is mbgNbd at k = 1, also by the sum over phases", () => {
    const parameters = [0.525, 6.183, 0.891, 1.614];
    expect(mbgCnbd(1).at(parameters).expected(39, 2, 30, 39)).toBe(mbgNbd.at(parameters).expected(39, 2, 30, 39));
  });
});

describe("fits that cannot be", () => {
  it("say that nobody has ordered twice", () => {
    const fit = fitPurchases(mbgNbd, summarise([0, 0, 0], [0, 0, 0], [5, 6, 7]));
    expect(fit.status).toBe("not converged");
    expect(fit.message).toContain("nobody has ordered twice");
  });

  it("say that there is no history yet", () => {
    expect(fitPurchases(mbgNbd, summarise([0], [0], [0])).message).toContain("length zero");
  });

  it("say that no drop-out is identified, and carry no NaN", () => {
    // Everybody orders until the last day: whatever the rate, nobody has stopped.
    const x = Array.from({length: 300}, (_, i) => 1 + (i % 7));
    const fit = fitPurchases(
      mbgNbd,
      summarise(
        x,
        x.map(() => 50),
        x.map(() => 50)
      )
    );
    expect(fit.status).toBe("boundary");
    expect(Object.values(fit.params).every(Number.isFinite)).toBe(true);
  });

  it("refuse order values that are not positive", () => {
    const spend = {x: Float64Array.of(1, 1, 1), mean: Float64Array.of(1, 0, 2), weight: Float64Array.of(1, 1, 1)};
    expect(() => fitSpend(spend)).toThrow(RangeError);
  });
});

describe.skipIf(!hasReference)("on the CDNOW sample (skipped without ../shared/data)", () => {
  const ref = hasReference ? reference() : {};
  const histories = hasReference ? cdnow() : [];
  const until = histories.map((h) => h.days.filter((day) => day <= calibrationEnd));
  const data = summarise(
    until.map((days) => days.length - 1),
    until.map((days) => (days[days.length - 1]! - days[0]!) / 7),
    until.map((days) => (calibrationEnd - days[0]!) / 7)
  );

  it.each([
    [bgNbd, "bg_nbd", {r: 1e-5, alpha: 1e-4, a: 2e-4, b: 5e-4}],
    [mbgNbd, "mbg_nbd", {r: 1e-4, alpha: 1e-4, a: 1e-4, b: 1e-4}],
    [paretoNbd, "pareto_nbd", {r: 1e-4, alpha: 1e-3, s: 3e-4, beta: 5e-3}]
  ] as const)("$1 is fitted as five other programs fit it", (model, key, tolerances) => {
    const fit = fitPurchases(model, data);
    expect(fit.status).toBe("ok");
    expect(Math.abs(fit.logLikelihood - ref[key].LL)).toBeLessThan(1e-4);
    for (const [name, tolerance] of Object.entries(tolerances)) {
      expect(Math.abs(fit.params[name]! - ref[key].params[name])).toBeLessThan(tolerance);
      const error = Math.abs(fit.standardErrors![name]! / ref[key].se[name] - 1);
      expect(error).toBeLessThan(name === "beta" ? 0.01 : 0.002);
    }
    const f = model.at(model.parameters.map((name) => fit.params[name]!));
    const {index} = data as ReturnType<typeof summarise>;
    const sum = (of: (i: number) => number) => index.reduce((total, i) => total + of(i), 0);
    expect(sum((i) => f.expected(39, data.x[i]!, data.tx[i]!, data.T[i]!))).toBeCloseTo(ref[key].holdout39.sum_pred, 1);
    expect(sum((i) => f.pAlive(data.x[i]!, data.tx[i]!, data.T[i]!))).toBeCloseTo(ref[key].holdout39.sum_p_alive, 1);
    const short = {bg_nbd: "bg", mbg_nbd: "mbg", pareto_nbd: "pareto"}[key];
    const tracked = ref.tracking_cum_repeat_weeks["39"][short] as number;
    expect(Math.abs(sum((i) => f.unconditional(data.T[i]!)) / tracked - 1)).toBeLessThan(1e-6);
  });

  it("nbd is the null against which drop-out is told", () => {
    expect(fitPurchases(nbd, data).logLikelihood).toBeCloseTo(-9763.6576, 3);
    expect(fitPurchases(bgNbd, data).likelihoodRatio!).toBeCloseTo(362.457, 2);
  });

  it.each([
    ["gamma_gamma", 1],
    ["gamma_gamma_incl_first", 0]
  ] as const)("%s is fitted as published", (key, skip) => {
    const spend = histories.flatMap(({values}, i) => {
      const used = values.slice(0, until[i]!.length).slice(skip);
      const total = used.reduce((a, b) => a + b, 0);
      return used.length > 0 && total > 0 ? [[used.length, total / used.length] as const] : [];
    });
    const fit = fitSpend({
      x: Float64Array.from(spend, ([x]) => x),
      mean: Float64Array.from(spend, ([, mean]) => mean),
      weight: Float64Array.from(spend, () => 1)
    });
    expect(Math.abs(fit.logLikelihood - ref[key].LL)).toBeLessThan(1e-3);
    expect(Math.abs(fit.params.p! - ref[key].params.p)).toBeLessThan(3e-4);
    expect(Math.abs(fit.params.q! - ref[key].params.q)).toBeLessThan(1e-4);
    expect(Math.abs(fit.params.v! - ref[key].params.v)).toBeLessThan(1e-3);
  });

  it("gammaGamma and the discounted future of paretoNbd agree with SciPy customer by customer", () => {
    const {gg, pn} = ref.reference_params as Record<string, number[]>;
    for (const c of ref.cases) {
      const value = gammaGamma.expected(gg!, c.x, c.m_x);
      expect(Math.abs(value / c.gg_expected_value - 1)).toBeLessThan(1e-9);
      const dert = discountedForever(pn!, ref.weekly_discount_continuous, c.x, c.t_x, c.T);
      expect(Math.abs(dert / c.pareto.dert - 1)).toBeLessThan(1e-9);
    }
  });

  it.each(["bg", "mbg", "pareto"] as const)("%s agrees with SciPy customer by customer", (key) => {
    const model = {bg: bgNbd, mbg: mbgNbd, pareto: paretoNbd}[key];
    const parameters = ref.reference_params[key === "pareto" ? "pn" : key] as number[];
    const f = model.at(parameters);
    for (const c of ref.cases) {
      const expected = c[key];
      if (!expected) continue;
      const near = (value: number, to: number) => expect(Math.abs(value / to - 1)).toBeLessThan(1e-9);
      near(model.logLikelihood(parameters, one(c.x, c.t_x, c.T)).value, expected.ll);
      near(f.pAlive(c.x, c.t_x, c.T), expected.p_alive);
      near(f.expected(39, c.x, c.t_x, c.T), expected.cet39);
      near(f.expected(52, c.x, c.t_x, c.T), expected.cet52);
    }
  });
});
