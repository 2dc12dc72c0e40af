import {z} from "zod";
import {ruleSchema} from "../rules/schema.js";
import {identifier, lookback, slug} from "./fields.js";

const percent = z.number().positive().max(100);

/** One arm of a split: a share of the members, or those that a rule takes; without either, all that are left. */
const armDefinition = z.strictObject({
  label: z.string().max(200).optional(),
  percent: percent.optional().describe("share of the members, drawn by a stable hash"),
  where: ruleSchema.optional().describe("a rule; the first arm whose rule holds takes a member"),
  holdout: z.boolean().default(false).describe("its people are kept out of what the audience is used for")
});

/** Which arm each member belongs to; the same person is in the same arm at every run. */
const splitDefinition = z
  .strictObject({
    holdout: percent.max(99.99).optional().describe("percent of all members kept out, drawn before any other arm"),
    arms: z.record(slug, armDefinition).default({}).describe("in order")
  })
  .superRefine(({holdout, arms}, context) => {
    const fail = (path: (string | number)[], message: string) => {
      context.addIssue({code: "custom", path, message, params: {complete: true}});
    };
    const all = Object.entries(arms);
    if (all.length === 0 && holdout === undefined) fail([], "split: expected arms, or a holdout");
    if (holdout !== undefined && "holdout" in arms)
      fail(["arms", "holdout"], "the arm of `holdout:` is called holdout");
    const drawn = all.filter(([, arm]) => arm.percent !== undefined);
    for (const [name, arm] of drawn) {
      if (arm.where !== undefined) fail(["arms", name], `arms.${name}: either percent or where`);
    }
    if (drawn.length > 0 && drawn.length < all.length) {
      const [other] = all.find(([, arm]) => arm.percent === undefined)!;
      fail(["arms", other], `arms.${other}: expected a percent, as the other arms have`);
    }
    const sum = drawn.reduce((total, [, arm]) => total + arm.percent!, 0);
    if (drawn.length > 0 && Math.abs(sum - 100) > 1e-9) {
      fail(["arms"], `arms: expected percents that add up to 100, not ${Number(sum.toFixed(6))}`);
    }
    const rest = all.findIndex(([, arm]) => arm.percent === undefined && arm.where === undefined);
    if (rest >= 0 && rest < all.length - 1) {
      const [name] = all[rest]!;
      fail(["arms", name], `arms.${name}: takes everybody who is left: it must be the last`);
    }
  });

/** Only the best n of those who qualify. */
const topDefinition = z.strictObject({
  n: z.int().min(1),
  by: z
    .union([
      z.strictObject({metric: identifier, lookback}),
      z.strictObject({value: identifier}),
      z.strictObject({attribute: identifier})
    ])
    .describe("what they are ranked by; who has none stays out"),
  order: z.enum(["highest", "lowest"]).default("highest"),
  ties: z
    .enum(["seed", "all", "none"])
    .default("seed")
    .describe("of those equal at the border: exactly n, drawn by the seed; all of them; or none of them")
});

/** Ids brought from elsewhere. */
const importDefinition = z.strictObject({
  path: z.string().min(1).describe("CSV or text file, relative to the workspace"),
  namespace: identifier.optional().describe("what kind of id they are; default: the primary identity's"),
  column: z.string().min(1).optional().describe("its header; default: the namespace's name, else the first column")
});

/** `audiences/<audience>.yaml`: who is meant, by a rule, a file of ids or a model, and the life of that group. */
export const audienceDefinition = z
  .strictObject({
    name: z.string().min(1).max(200),
    description: z.string().max(2000).optional(),
    state: z
      .enum(["draft", "published", "inactive"])
      .default("published")
      .describe("draft: counted only; published: its membership is recorded; inactive: nobody is in any more"),
    rule: ruleSchema.optional(),
    file: importDefinition.optional(),
    model: z
      .string()
      .regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, "a table such as derived.loyal")
      .optional()
      .describe("a table whose profile_id are the members"),
    schedule: z.string().min(1).optional().describe("cron, in the workspace's zone; default: at every refresh"),
    seed: z.string().min(1).max(200).optional().describe("what splits and ties are drawn by; default: the file's name"),
    top: topDefinition.optional(),
    split: splitDefinition.optional(),
    review_at: z.iso.date().optional().describe("when somebody should look whether it is still wanted")
  })
  .superRefine((audience, context) => {
    const given = (["rule", "file", "model"] as const).filter((kind) => audience[kind] !== undefined);
    if (given.length === 1) return;
    const message = given.length === 0 ? "missing: expected a rule, a file or a model" : `${given.join(" and ")}: expected one of them`; // prettier-ignore
    context.addIssue({code: "custom", path: given.slice(1, 2), message, params: {complete: true}});
  });

export type AudienceDefinition = z.output<typeof audienceDefinition>;
export type TopDefinition = z.output<typeof topDefinition>;
