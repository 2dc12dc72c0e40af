import {z} from "zod";
import {eventType, identifier, lookback, sqlExpression} from "./fields.js";

/** The repeat-purchase models by the name that definitions, the command and pages use. */
export const valueModels = ["nbd", "bg-nbd", "mbg-nbd", "pareto-nbd", "bg-bb", "cnbd-k", "sbg"] as const;

export type ValueModel = (typeof valueModels)[number];

const rate = z.number().min(0).max(1);

/** `value:` of workspace.yaml: what an order is, and how its future is forecast. */
export const valueDefinition = z.strictObject({
  orders: z.array(eventType).min(1).default(["commerce.purchase"]).describe("event types that are orders"),
  refunds: z
    .array(eventType)
    .default(["commerce.refund"])
    .describe("event types whose value is taken off the order before"),
  filter: sqlExpression.optional().describe("SQL condition over core.events that orders and refunds meet"),
  model: z.enum(valueModels).default("mbg-nbd"),
  unit: z.enum(["day", "week", "month"]).default("week").describe("the unit of time that parameters are given in"),
  horizons: z
    .array(lookback.refine((text) => text !== "lifetime", 'an end such as "12 months"'))
    .min(1)
    .max(6)
    .default(["12 months"])
    .describe("how far ahead; the first is that of expected_value"),
  discount_rate: z.number().min(0).max(10).default(0.1).describe("a year: 0.1 for 10%"),
  margin: z
    .union([
      rate,
      z.strictObject({
        default: rate,
        sources: z.record(z.string(), rate).optional().describe("by the source that an order came from"),
        property: identifier
          .optional()
          .describe("the events' property that `values` are of, such as a product category"),
        values: z.record(z.string(), rate).optional()
      })
    ])
    .optional()
    .describe("share of an order's value that is margin; without it values are revenue"),
  first_order: z.boolean().default(true).describe("whether a first order's value tells what later ones are worth"),
  calibrate_until: z.iso
    .date()
    .optional()
    .describe("last day the holdout check fits; default: a third of the history is held out"),
  holdout_until: z.iso.date().optional().describe("last day the check compares with; default: the as-of day"),
  interval: z.number().min(0.5).max(0.99).default(0.9)
});

export type ValueDefinition = z.output<typeof valueDefinition>;
