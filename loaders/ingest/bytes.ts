import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {createGunzip} from "node:zlib";
import {IngestError} from "./errors.js";

/** What one pass over a landed file's bytes finds. */
export interface BytePass {
  /** Of the bytes as they landed. */
  sha256: string;
  /** Landed bytes. */
  bytes: number;
  /** Bytes after decompression. */
  textBytes: number;
  /** The beginning of the text, at most a megabyte. */
  head: Buffer;
}

const headLimit = 1 << 20;

/** Reads a file to its end, decompressing it where it is gzip; a damaged or shortened gzip fails. */
export async function readBytes(path: string, gzip: boolean, onBytes?: (chunk: Buffer) => void): Promise<BytePass> {
  const hash = createHash("sha256");
  const head: Buffer[] = [];
  let bytes = 0;
  let textBytes = 0;
  const text = (chunk: Buffer) => {
    if (textBytes < headLimit) head.push(chunk.subarray(0, headLimit - textBytes));
    textBytes += chunk.length;
    onBytes?.(chunk);
  };
  const file = createReadStream(path, {highWaterMark: 1 << 20});
  const raw = async function* () {
    for await (const chunk of file) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  if (!gzip) for await (const chunk of raw()) text(chunk);
  else {
    const gunzip = createGunzip({chunkSize: 1 << 18});
    const feed = (async () => {
      for await (const chunk of raw()) {
        if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once("drain", resolve));
      }
      gunzip.end();
    })();
    feed.catch((error: Error) => gunzip.destroy(error));
    try {
      for await (const chunk of gunzip) text(chunk as Buffer);
    } catch (error) {
      file.destroy();
      throw new IngestError("damaged_gzip", `the gzip file is cut short or damaged (${(error as Error).message})`);
    }
  }
  return {sha256: hash.digest("hex"), bytes, textBytes, head: Buffer.concat(head)};
}
