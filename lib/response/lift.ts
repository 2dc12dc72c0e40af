import type {Interval} from "../stats/interval.js";
import type {Moments} from "../stats/moments.js";
import {newcombe} from "../stats/newcombe.js";
import {rateRatio} from "../stats/rateRatio.js";
import {twoProportions} from "../stats/twoProportions.js";
import {welch} from "../stats/welch.js";

/** What one arm did: everybody assigned counts, whether or not they got or opened anything (intention to treat). */
export interface Outcome extends Moments {
  /** People with at least one event of the measure. */
  events: number;
}

/** The difference an arm made, per head, against the people held out. */
export interface Lift {
  treated: number;
  control: number;
  difference: number;
  lower: number;
  upper: number;
  /** z of rates, t of means. */
  statistic: number;
  df: number | null;
  p: number;
  /** Treated ÷ control − 1; null where the control has fewer than 30 events, of which a ratio says nothing. */
  relative: Interval | null;
  /** The difference over everybody treated: people, or money. */
  total: Interval;
  method: "newcombe" | "welch";
}

/** Fewest control events for a ratio. */
const minimumEvents = 30;

/** Compares an arm with the control: rates by Wilson's and Newcombe's score intervals, means by Welch's t. */
export function lift(kind: "rate" | "mean", treated: Outcome, control: Outcome, confidence = 0.95): Lift {
  const compared = kind === "rate" ? rates(treated, control, confidence) : means(treated, control, confidence);
  const {difference, lower, upper} = compared;
  const total = {estimate: difference * treated.n, lower: lower * treated.n, upper: upper * treated.n};
  return {...compared, total};
}

function rates(treated: Outcome, control: Outcome, confidence: number): Omit<Lift, "total"> {
  const groups = [treated.events, treated.n, control.events, control.n] as const;
  const {estimate: difference, lower, upper} = newcombe(...groups, confidence);
  const {z, p} = twoProportions(...groups);
  return {
    treated: treated.events / treated.n,
    control: control.events / control.n,
    difference,
    lower,
    upper,
    statistic: z,
    df: null,
    p,
    relative: control.events < minimumEvents ? null : less1(rateRatio(...groups, confidence)),
    method: "newcombe"
  };
}

function means(treated: Outcome, control: Outcome, confidence: number): Omit<Lift, "total"> {
  const {estimate: difference, lower, upper, t, df, p} = welch(treated, control, confidence);
  const [one, two] = [treated.sum / treated.n, control.sum / control.n];
  const comparable = control.events >= minimumEvents && two > 0;
  return {
    treated: one,
    control: two,
    difference,
    lower,
    upper,
    statistic: t,
    df,
    p,
    relative: comparable ? {estimate: one / two - 1, lower: NaN, upper: NaN} : null,
    method: "welch"
  };
}

function less1({estimate, lower, upper}: Interval): Interval {
  return {estimate: estimate - 1, lower: lower - 1, upper: upper - 1};
}
