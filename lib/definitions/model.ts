import {z} from "zod";
import {identifier, publishMark} from "./fields.js";

/** A check on a built table: it fails when its query returns rows. */
const modelTest = z.union([
  z.strictObject({unique: z.union([identifier, z.array(identifier).min(1)])}),
  z.strictObject({not_null: z.union([identifier, z.array(identifier).min(1)])}),
  z.strictObject({
    accepted_values: z.strictObject({column: identifier, values: z.array(z.union([z.string(), z.number()]))})
  }),
  z.strictObject({
    relationship: z.strictObject({
      column: z.union([identifier, z.array(identifier).min(1)]),
      to: z.string(),
      field: z.union([identifier, z.array(identifier).min(1)])
    })
  }),
  z.strictObject({expression: z.string().min(1).describe("SQL condition that holds in every row")})
]);

export const modelColumn = z.union([
  z.string(),
  z.strictObject({
    description: z.string().default(""),
    unit: z.string().optional(),
    personal: z.boolean().default(false),
    publish: publishMark.optional().describe("default: the model's mark")
  })
]);

/** The YAML header of a model: a block comment that opens its file, between `/* ---` and `--- *\/`. */
export const modelHeader = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, "schema.table"),
  description: z.string().min(1),
  grain: z.string().min(1).describe('"one row per …"'),
  key: z.array(identifier).default([]).describe("columns that name a row: tested unique and not null"),
  columns: z.record(identifier, modelColumn).default({}),
  tests: z.array(modelTest).default([]),
  refresh: z.union([z.literal("full"), z.strictObject({partition: identifier})]).default("full"),
  schedule: z.string().optional(),
  role: z.enum(["fact", "dimension", "none"]).default("none").describe("its place in the star schema"),
  references: z
    .array(z.strictObject({columns: z.array(identifier).min(1), table: z.string(), fields: z.array(identifier).min(1)}))
    .default([])
    .describe("foreign keys: drawn on the Model page and tested"),
  publish: publishMark.default("none"),
  people: z
    .union([identifier, z.literal("none"), z.array(identifier).min(1)])
    .optional()
    .describe(
      "the columns that count persons in a row, `none` where rows are no groups of persons: for publish.mode: aggregate"
    ),
  groups: z.array(identifier).optional().describe("columns whose members add up to a known total; default: the key")
});

export type ModelHeader = z.output<typeof modelHeader>;
