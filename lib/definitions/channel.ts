import {z} from "zod";
import {ruleSchema} from "../rules/schema.js";
import {eventType, identifier} from "./fields.js";

/** A way to reach people, in `workspace.yaml` under `channels`. */
export const channelDefinition = z.strictObject({
  label: z.string().optional(),
  address: z
    .union([z.strictObject({identity: identifier}), z.strictObject({attribute: identifier})])
    .describe("where the address stands: an identity's namespace, or an attribute"),
  consent: ruleSchema.optional().describe("who may be contacted; default: everybody with an address"),
  bounced: z.array(eventType).default([]).describe("events after which the address counts as dead"),
  delivered: z.array(eventType).default([]).describe("events after which it counts as alive again"),
  stopped: z.array(eventType).default([]).describe("events by which somebody asked to be left alone"),
  publish: z
    .enum(["none", "rows"])
    .default("none")
    .describe("rows: whether each person can be reached, and why not, may leave by the person; never the address")
});

export type ChannelDefinition = z.output<typeof channelDefinition>;
