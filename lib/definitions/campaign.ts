import {z} from "zod";
import {eventType, identifier, lookback, slug} from "./fields.js";

/** What a campaign is judged by, per head of everybody assigned: a rate of people, or a mean amount. */
const measureDefinition = z.strictObject({
  label: z.string().optional(),
  events: z.array(eventType).min(1),
  kind: z.enum(["rate", "mean"]).default("rate").describe("rate: had such an event; mean: sum of their value"),
  sign: z.enum(["gross", "net"]).default("net")
});

/** `campaigns/<campaign>.yaml`: a mailing, its arms, and how its response is counted. */
export const campaignDefinition = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  ids: z.array(z.string()).optional().describe("campaign_id values in the events; default: the file's name"),
  audience: slug.optional().describe("default for sends that name none"),
  sent_at: z
    .union([z.iso.datetime({offset: true, local: true}), z.iso.date()])
    .optional()
    .describe("default: the first assignment or send"),
  arms: z
    .record(
      slug,
      z.strictObject({
        label: z.string().optional(),
        holdout: z.boolean().default(false),
        share: z
          .number()
          .positive()
          .optional()
          .describe(
            "relative size meant (1 and 1 is half each): where every arm has one, the split is tested against it"
          )
      })
    )
    .optional()
    .describe("default: those in the events; a holdout arm is called holdout or control"),
  seed: z.string().min(1).max(200).optional().describe("what arms are drawn by; default: the file's name"),
  ranked_by: z
    .strictObject({metric: identifier.optional(), lookback: lookback.optional(), category: z.string().optional()})
    .prefault({})
    .describe("the decile at send; default: first metric, 12 months, *"),
  windows: z
    .array(z.int().min(1).max(730))
    .min(1)
    .default([7, 14, 30])
    .describe("days after assignment, each a row of derived.lift"),
  conversion: z
    .strictObject({
      events: z.array(eventType).min(1).default(["commerce.purchase"]),
      window_days: z.int().min(1).default(7)
    })
    .prefault({}),
  measures: z.record(identifier, measureDefinition).default({
    conversion: {events: ["commerce.purchase"], kind: "rate", sign: "net"},
    revenue: {events: ["commerce.purchase"], kind: "mean", sign: "net"}
  }),
  honeypot: z
    .string()
    .min(3)
    .max(200)
    .optional()
    .describe(
      "part of a link that people cannot see in the mail: who follows it is a machine, and all its clicks then"
    ),
  cost_per_send: z.number().min(0).optional(),
  margin: z.number().min(0).max(1).optional()
});

export type CampaignDefinition = z.output<typeof campaignDefinition>;
export type MeasureDefinition = z.output<typeof measureDefinition>;
