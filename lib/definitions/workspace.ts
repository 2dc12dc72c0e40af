import {z} from "zod";
import {channelDefinition} from "./channel.js";
import {currency, identifier, lookback, sqlExpression, timeZone} from "./fields.js";
import {metricDefinition} from "./metric.js";
import {valueDefinition} from "./value.js";

/** `workspace.yaml`: what holds for the whole workspace. */
export const workspaceDefinition = z
  .strictObject({
    name: z.string().min(1).describe("what the site calls itself"),
    description: z.string().optional(),
    time_zone: timeZone.default("UTC"),
    currency: currency.default("USD"),
    as_of: z
      .union([z.literal("last_complete_day"), z.iso.date()])
      .default("last_complete_day")
      .describe("the end of the last day in the data, or the end of a fixed day"),
    lookbacks: z
      .array(lookback)
      .min(1)
      .default(["1 month", "3 months", "6 months", "9 months", "12 months", "lifetime"]),
    buckets: z.int().min(2).max(100).default(10),
    ties: z.enum(["together", "split"]).default("together"),
    min_partition: z.int().min(1).optional().describe("smallest group that is ranked; default: the bucket count"),
    history: z.int().min(0).max(240).default(12).describe("month starts that decile_history reaches back"),
    category: z
      .strictObject({
        name: identifier.optional().describe("what pages call it; default: the attribute or property"),
        attribute: identifier.optional().describe("a profile attribute"),
        property: identifier.optional().describe("a property of the event itself; implies at: event"),
        at: z.enum(["event", "as_of"]).default("as_of")
      })
      .refine((c) => (c.attribute === undefined) !== (c.property === undefined), "either attribute or property")
      .optional(),
    metrics: z.record(identifier, metricDefinition).refine((m) => Object.keys(m).length > 0, "at least one metric"),
    publish: z
      .strictObject({
        mode: z.enum(["rows", "aggregate"]).default("rows"),
        max_bytes: z
          .union([
            z.int().min(1_000_000),
            z.string().regex(/^([1-9]\d{3,} ?kB|[1-9]\d* ?(MB|GB))$/, "a size of at least 1 MB such as 64 MB")
          ])
          .default("64 MB")
          .describe("an empty database file is a quarter of a megabyte, one with a row half a megabyte"),
        k: z.int().min(2).default(10).describe("smallest group shown under mode: aggregate")
      })
      .prefault({}),
    holdout: z
      .strictObject({
        percent: z.number().positive().max(50),
        seed: z.string().min(1).max(200).default("global").describe("another one draws other people")
      })
      .optional()
      .describe("people whom no destination is ever sent, drawn at random"),
    engine: z
      .strictObject({
        memory_limit: z
          .string()
          .regex(/^\d+(\.\d+)? ?[kKMGT]i?B$/, "a size such as 4 GB")
          .optional(),
        threads: z.int().min(1).optional(),
        temp_directory: z.string().optional(),
        max_temp_directory_size: z.string().optional()
      })
      .prefault({}),
    value: valueDefinition.optional().describe("lifetime value; default: where a source yields purchases"),
    channels: z
      .record(identifier, channelDefinition)
      .optional()
      .describe("how people can be reached; default: e-mail, where an identity or attribute is called email"),
    active: sqlExpression.optional().describe("which event types make a profile active; default: those of the metrics")
  })
  .describe("a Tenfold workspace");

export type WorkspaceDefinition = z.output<typeof workspaceDefinition>;
