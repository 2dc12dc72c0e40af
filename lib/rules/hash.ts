import {formatId} from "../surrogate.js";

/** FNV-1a, 64 bits, over UTF-8, as 13 characters. */
export function textHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return formatId(hash);
}
