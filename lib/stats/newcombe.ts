import type {Interval} from "./interval.js";
import {wilson} from "./wilson.js";

/**
 * The hybrid score interval of a difference of two independent rates, first minus second. Newcombe (1998), method 10.
 */
export function newcombe(events1: number, n1: number, events2: number, n2: number, confidence = 0.95): Interval {
  const one = wilson(events1, n1, confidence);
  const two = wilson(events2, n2, confidence);
  const estimate = one.estimate - two.estimate;
  return {
    estimate,
    lower: estimate - Math.hypot(one.estimate - one.lower, two.upper - two.estimate),
    upper: estimate + Math.hypot(one.upper - one.estimate, two.estimate - two.lower)
  };
}
