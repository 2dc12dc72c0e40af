import {z} from "zod";
import {eventType, lookback, sqlExpression} from "./fields.js";

/** One number per profile and window: which events, what of them, and how. */
export const metricDefinition = z.strictObject({
  label: z.string().optional().describe("what pages call it; default: the name with spaces"),
  description: z.string().optional(),
  events: z.array(eventType).min(1).describe("event types that count"),
  expression: z
    .string()
    .regex(
      /^(sum|count|distinct|min|max|last)\((\*|[a-z][a-z0-9_.]*)\)$/,
      "an expression such as sum(value), count(*) or distinct(properties.sku)"
    )
    .describe("sum, count, distinct, min, max or last of a column of core.events or of properties.<name>"),
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

export type MetricDefinition = z.output<typeof metricDefinition>;
