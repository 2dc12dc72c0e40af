import {z} from "zod";
import {eventType, lookback, sqlExpression} from "./fields.js";

const fields = z.strictObject({
  label: z.string().optional().describe("what pages call it; default: the name with spaces"),
  description: z.string().optional(),
  events: z.array(eventType).default([]).describe("event types that count; none where the metric is a forecast"),
  expression: z
    .string()
    .regex(
      /^(?:(sum|count|distinct|min|max|last)\((\*|[a-z][a-z0-9_.]*)\)|forecast\((value|orders|p_alive)\))$/,
      "an expression such as sum(value), count(*), distinct(properties.sku) or forecast(value)"
    )
    .describe(
      "sum, count, distinct, min, max or last of a column of core.events or of properties.<name>; or forecast(value), forecast(orders), forecast(p_alive) of lifetime value"
    ),
  filter: sqlExpression.optional().describe("SQL condition over core.events"),
  sign: z.enum(["gross", "net"]).default("gross").describe("net: events of `refunds` are subtracted"),
  refunds: z.array(eventType).default(["commerce.refund"]).describe("what `sign: net` subtracts"),
  dedupe: z
    .array(z.string().regex(/^[a-z][a-z0-9_.]*$/))
    .optional()
    .describe("columns that name one fact: of several events that agree on them (per profile) the first counts"),
  unit: z.string().default("count").describe("`money` shows the workspace's currency; otherwise a plural noun"),
  lookbacks: z.array(lookback).min(1).optional().describe("default: the workspace's"),
  buckets: z.int().min(2).max(100).optional(),
  ties: z.enum(["together", "split"]).optional()
});

/**
 * One number per profile and window: which events, what of them, and how. A forecast has no events and no window of its
 * own: it stands under `lifetime`.
 */
export const metricDefinition = fields
  .superRefine((metric, context) => {
    if (metric.events.length === 0 && !isForecast(metric)) {
      context.addIssue({
        code: "custom",
        path: ["events"],
        message: "at least one event type such as commerce.purchase"
      });
    }
  })
  .transform((metric) => (isForecast(metric) ? {...metric, lookbacks: ["lifetime"]} : metric));

/** Whether a metric is a forecast of lifetime value, not a sum over events. */
export function isForecast({expression}: {expression: string}): boolean {
  return expression.startsWith("forecast(");
}

export type MetricDefinition = z.output<typeof metricDefinition>;
