import {z} from "zod";
import {dateFormat} from "./dateFormat.js";
import {
  currency,
  eventType,
  identifier,
  mapped,
  publishMark,
  slug,
  sqlExpression,
  timeZone,
  valueType
} from "./fields.js";

/** One column of a landed file: where it stands, its type, and what it may hold. */
const columnDefinition = z.strictObject({
  from: z
    .string()
    .optional()
    .describe(
      "the header's (or JSON key's) name; default: the name used here. `_file` and `_row` are the file's name and the record's ordinal"
    ),
  type: valueType.default("string"),
  format: z
    .union([dateFormat, z.array(dateFormat).min(1)])
    .optional()
    .describe("of date and timestamp: strptime patterns, iso (default), epoch_s or epoch_ms"),
  time_zone: timeZone.optional().describe("of timestamps without an offset; default: the source's"),
  required: z.boolean().default(false),
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  values: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .describe("the values allowed"),
  pattern: z.string().optional().describe("regular expression that the whole value matches"),
  max_length: z.int().min(1).default(65_536),
  personal: z.boolean().default(false).describe("names, addresses, anything that points at a person: never published"),
  description: z.string().optional()
});

/** A field that leaves the source as an event's property or a profile's attribute. */
const fieldDefinition = z.union([
  sqlExpression,
  z.strictObject({
    from: mapped,
    type: valueType.optional().describe("default: the column's type; string for an expression"),
    label: z.string().optional(),
    description: z.string().optional(),
    unit: z.string().optional(),
    personal: z.boolean().default(false),
    publish: publishMark.default("none")
  })
]);

/** An event that a row yields. */
const eventMapping = z.strictObject({
  type: z.union([eventType, z.strictObject({sql: sqlExpression, values: z.array(eventType).min(1)})]),
  when: sqlExpression.optional().describe("SQL condition over the columns; the row yields this event where it is true"),
  time: mapped.optional().describe("default: the source's"),
  value: mapped.optional(),
  currency: mapped.optional().describe("default: the workspace's currency"),
  quantity: mapped.optional(),
  campaign: mapped.optional(),
  send: mapped.optional(),
  properties: z.record(identifier, fieldDefinition).default({}),
  publish: z
    .enum(["none", "rows"])
    .default("none")
    .describe("rows: who did it when, value and quantity may leave by the person, and the properties marked so")
});

/** `sources/<source>.yaml`: which files, how their columns read, what each row says. */
export const sourceDefinition = z.strictObject({
  description: z.string().optional(),
  kind: z.enum(["events", "profiles", "lookup"]).default("events"),
  files: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("globs relative to the landing folder; default: <source>/*"),
  format: z.enum(["csv", "tsv", "ndjson", "json", "parquet"]).optional().describe("default: by the file's ending"),
  dialect: z
    .strictObject({
      delimiter: z.string().length(1).optional(),
      quote: z.string().max(1).default('"'),
      escape: z.string().max(1).default('"'),
      header: z.boolean().default(true),
      skip: z.int().min(0).default(0),
      nulls: z.array(z.string()).default([""])
    })
    .prefault({}),
  encoding: z.enum(["auto", "utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"]).default("auto"),
  decimal: z.enum([".", ","]).default("."),
  time_zone: timeZone.optional().describe("default: the workspace's"),
  id: z
    .discriminatedUnion("rule", [
      z.strictObject({rule: z.literal("column"), column: z.string()}),
      z.strictObject({rule: z.literal("columns"), columns: z.array(z.string()).min(1)}),
      z.strictObject({rule: z.literal("content")}),
      z.strictObject({rule: z.literal("row")})
    ])
    .default({rule: "row"}),
  on_change: z.enum(["replace", "append"]).default("replace"),
  unknown_columns: z.enum(["warn", "ignore", "fail"]).default("warn"),
  rejects: z
    .strictObject({max_percent: z.number().min(0).max(100).default(5), max_count: z.int().min(0).optional()})
    .prefault({}),
  columns: z.record(identifier, columnDefinition),
  identities: z
    .array(
      z.strictObject({
        namespace: identifier,
        from: sqlExpression,
        primary: z.boolean().default(false),
        normalise: z.enum(["none", "lower", "email"]).default("none")
      })
    )
    .default([]),
  time: mapped.optional().describe("the event's time: a column, expression or constant"),
  received_at: mapped.optional(),
  currency: currency.optional(),
  events: z.array(eventMapping).default([]),
  attributes: z.record(identifier, fieldDefinition).default({}).describe("of kind profiles: what a row sets"),
  key: z.array(identifier).optional().describe("of kind lookup: the columns that name a row"),
  table: slug.optional().describe("of kind lookup: its table in `core`; default: the source's name")
});

export type SourceDefinition = z.output<typeof sourceDefinition>;
export type ColumnDefinition = z.output<typeof columnDefinition>;
export type EventMapping = z.output<typeof eventMapping>;
export type FieldDefinition = z.output<typeof fieldDefinition>;

/** The identity that says whose a row is: the one marked primary, or the only one; a lookup has none. */
export function primaryIdentity({identities}: Pick<SourceDefinition, "identities">) {
  return identities.find(({primary}) => primary) ?? (identities.length === 1 ? identities[0] : undefined);
}
