import type {ScaleOptions} from "@observablehq/plot";

/** The axis of deciles at send; of more than 24 groups every tenth is named. */
export function decileAxis(buckets: readonly string[]): ScaleOptions {
  return {
    type: "band",
    label: "decile at send",
    labelAnchor: "center",
    labelArrow: "none",
    domain: buckets,
    tickSize: 0,
    ...(buckets.length > 24 ? {ticks: buckets.filter((_, i) => i % 10 === 9)} : {})
  };
}
