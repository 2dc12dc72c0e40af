import type {Random} from "../stats/random.js";
import type {Summary} from "./summary.js";

/**
 * A repeat-purchase model of the buy-till-you-die kind. Parameters are positive numbers in the order of `parameters`;
 * times are in the unit the summary is in.
 */
export interface PurchaseModel {
  name: string;
  parameters: readonly string[];
  /** Whether customers may drop out; without drop-out P(alive) is not shown. */
  hasDropOut: boolean;
  /** Every how many events of the Poisson process an order falls; 1 where the model has no such thing. */
  regularity?: number;
  /** Whether time counts opportunities to order, which cannot be scaled. */
  isDiscrete?: boolean;
  /** Why these data cannot be fitted, where that can be told beforehand. */
  refuse?(data: Summary): string | undefined;
  /** Summed log-likelihood over customers and its derivatives with respect to the parameters themselves. */
  logLikelihood(parameters: number[], data: Summary): {value: number; gradient: number[]};
  /** Points to start from, for data whose time is scaled so that the longest T is near 10. */
  starts: number[][];
  /** Parameters when time is multiplied by `scale`. */
  rescale(parameters: number[], scale: number): number[];
  /** What one draws of a customer at given parameters. */
  at(parameters: number[]): PurchaseForecast;
}

export interface PurchaseForecast {
  /** Probability that a customer with this history is still a customer at the end of observation. */
  pAlive(x: number, tx: number, T: number): number;
  /** Expected orders in the `horizon` after the end of observation. */
  expected(horizon: number, x: number, tx: number, T: number): number;
  /**
   * The same of a customer known to be alive, where that does not depend on when they ordered last: expected orders are
   * P(alive) times this, so that customers who differ in their last order share it.
   */
  expectedOfLiving?(horizon: number, x: number, T: number): number;
  /** Expected repeat orders of a new customer in the time t after the first order. */
  unconditional(t: number): number;
  /** Draws the orders in the `horizon` of a customer with this history: whether alive, then the rate, then the orders. */
  simulate(horizon: number, x: number, tx: number, T: number, uniform: Random): number;
  /** Draws a new customer's history of length T. */
  history(T: number, uniform: Random): History;
}

export interface History {
  x: number;
  tx: number;
  /** Sum of ln(time since the order before) over the repeat orders. */
  logGaps: number;
}
