import {z} from "zod";

/** What `{…}` of a file's name may say. */
const nameTokens = [
  "destination",
  "audience",
  "campaign",
  "mode",
  "version",
  "as_of",
  "date",
  "time",
  "epoch",
  "year",
  "month",
  "day",
  "delivery"
] as const;

/** How a delivery becomes files. */
export const fileFormat = z.strictObject({
  format: z.enum(["csv", "ndjson", "parquet"]).default("csv"),
  name: z
    .string()
    .min(1)
    .max(200)
    .default("{destination}_{audience}_{date}_{time}")
    .refine((name) => unknownTokens(name).length === 0, {
      error: `a name of letters, digits, ._- and the tokens ${nameTokens.map((token) => `{${token}}`).join(", ")}`
    })
    .describe("without its ending; a name that is taken gets _2, _3, …"),
  compress: z.enum(["none", "gzip"]).default("none"),
  encrypt_for: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("files of public OpenPGP keys, relative to the workspace"),
  max_rows: z.int().min(1).default(5_000_000).describe("rows a file: more become several files"),
  delimiter: z.string().length(1).default(",").describe("of csv"),
  neutralise: z
    .boolean()
    .default(true)
    .describe("of csv: an apostrophe before cells that a spreadsheet would run (= + - @, tab, carriage return)"),
  action_column: z.string().min(1).default("action").describe("header of the column that says add, update or remove")
});

export type FileFormat = z.output<typeof fileFormat>;

function unknownTokens(name: string): string[] {
  const rest = name.replace(/\{([a-z_]+)\}/g, (all, token: string) =>
    (nameTokens as readonly string[]).includes(token) ? "" : all
  );
  return /^[A-Za-z0-9._-]*$/.test(rest) && !name.startsWith(".") ? [] : [rest];
}
