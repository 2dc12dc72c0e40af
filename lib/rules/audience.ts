import {z} from "zod";
import {ruleSchema} from "./rule.js";

/** `audiences/<audience>.yaml`: a named rule. */
export const audienceDefinition = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(2000).optional(),
  rule: ruleSchema
});

export type AudienceDefinition = z.output<typeof audienceDefinition>;
