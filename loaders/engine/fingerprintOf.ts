import {createHash} from "node:crypto";

/** A hash of what decides a result: of plain values, as JSON. */
export function fingerprintOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
