import {createHash} from "node:crypto";

/** A hash of everything that decides a node's result but its data. */
export function fingerprint(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
