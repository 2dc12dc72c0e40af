import {createHash} from "node:crypto";
import {open} from "node:fs/promises";

/** The SHA-256 of a file's bytes, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    // Two buffers in turn: one is read into while the other is hashed, and none is made for every megabyte.
    let [full, free] = [Buffer.allocUnsafe(2 ** 20), Buffer.allocUnsafe(2 ** 20)];
    const read = (into: Buffer) => file.read(into, 0, into.length);
    for (let {bytesRead} = await read(full); bytesRead > 0;) {
      const next = read(free);
      hash.update(full.subarray(0, bytesRead));
      ({bytesRead} = await next);
      [full, free] = [free, full];
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}
