import {addDays, localDate, toLocal} from "../calendar.js";
import type {FileFormat} from "../definitions/fileFormat.js";

/** What the tokens of a file's name are filled from. */
export interface FileNameParts {
  destination: string;
  audience: string;
  campaign?: string;
  mode: string;
  version: string | number;
  delivery: string;
  asOf: Date;
  /** When the delivery began. */
  at: Date;
  timeZone: string;
}

/** A delivery's file name without its ending; dates and times are local, `as_of` is the last day described. */
export function fileName(template: string, parts: FileNameParts): string {
  const local = toLocal(parts.at, parts.timeZone).toISOString().replace(/\D/g, "").slice(0, 14);
  const tokens: Record<string, string> = {
    destination: parts.destination,
    audience: parts.audience,
    campaign: parts.campaign ?? "none",
    mode: parts.mode,
    version: String(parts.version),
    delivery: parts.delivery,
    as_of: addDays(localDate(parts.asOf, parts.timeZone), -1).replaceAll("-", ""),
    date: local.slice(0, 8),
    year: local.slice(0, 4),
    month: local.slice(4, 6),
    day: local.slice(6, 8),
    time: local.slice(8),
    epoch: String(Math.floor(parts.at.getTime() / 1000))
  };
  return template.replace(/\{([a-z_]+)\}/g, (_, token: string) => tokens[token]!.replace(/[^A-Za-z0-9._-]/g, "-"));
}

/** The ending of a delivery's files: ".csv.gz.pgp". Parquet compresses inside. */
export function fileEnding({
  format,
  compress,
  encrypt_for: keys
}: Pick<FileFormat, "format" | "compress" | "encrypt_for">): string {
  // prettier-ignore
  return `.${format}${compress === "gzip" && format !== "parquet" ? ".gz" : ""}${keys ? ".pgp" : ""}`;
}
