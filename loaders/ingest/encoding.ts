/** The encodings that a source may name. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "latin-1" | "windows-1252";

/**
 * The encoding that a text's first bytes show: by its byte-order mark, or UTF-16 by its many zero bytes; else UTF-8.
 * Single-byte encodings look like broken UTF-8 and must be named by the source.
 */
export function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const sample = head.subarray(0, 4096);
  let [even, odd] = [0, 0];
  for (let i = 0; i + 1 < sample.length; i += 2) {
    if (sample[i] === 0) ++even;
    if (sample[i + 1] === 0) ++odd;
  }
  const pairs = sample.length >> 1;
  if (pairs > 1 && odd > 0.4 * pairs && even < 0.1 * pairs) return "utf-16le";
  if (pairs > 1 && even > 0.4 * pairs && odd < 0.1 * pairs) return "utf-16be";
  return "utf-8";
}

/** Turns chunks of an encoding into UTF-8, without a byte-order mark; characters may span chunks. */
export function decoderOf(encoding: Exclude<Encoding, "utf-8">): {push(chunk: Buffer): Buffer; end(): Buffer} {
  const label = encoding === "latin-1" ? "iso-8859-1" : encoding;
  const decoder = new TextDecoder(label);
  return {
    push: (chunk) => Buffer.from(decoder.decode(chunk, {stream: true}), "utf8"),
    end: () => Buffer.from(decoder.decode(), "utf8")
  };
}
