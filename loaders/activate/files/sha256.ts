import {createHash} from "node:crypto";
import type {Readable} from "node:stream";

/** The SHA-256 of a stream's bytes, in hex. */
export async function sha256Of(bytes: Readable): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
