import {z} from "zod";
import {isTimeZone} from "../calendar.js";
import {parseLookback} from "./lookback.js";

/** A name that stands in SQL unquoted: lower case, digits, underscore. */
export const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "a lower-case name such as order_value");

/** A name that stands in file names and links: lower case, digits, underscore, hyphen. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "a lower-case name such as spring-bonus");

/** A dotted event type of the vocabulary, or a workspace's own. */
export const eventType = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/, "a dotted event type such as commerce.purchase");

export const currency = z.string().regex(/^[A-Z]{3}$/, "a three-letter currency code such as EUR");

export const timeZone = z.string().refine(isTimeZone, {
  error: "an IANA time zone such as Europe/Berlin",
  params: {names: () => Intl.supportedValuesOf("timeZone")}
});

export const lookback = z
  .string()
  .refine((s) => parseLookback(s) !== undefined, 'a window such as "12 months", "90 days" or "lifetime"');

/** A column's name, or a SQL expression over the names in scope. */
export const sqlExpression = z.string().min(1);

/** A field's value: a column's name or SQL expression as a string, or `{constant: …}`. */
export const mapped = z.union([
  sqlExpression,
  z.strictObject({constant: z.union([z.string(), z.number(), z.boolean()])})
]);

export type Mapped = z.output<typeof mapped>;

export const valueType = z.enum(["string", "integer", "decimal", "number", "boolean", "date", "timestamp"]);

export type ValueType = z.output<typeof valueType>;

/** What may leave the warehouse: nothing (default), person-level rows, or aggregates only. */
export const publishMark = z.enum(["none", "aggregate", "rows"]);
