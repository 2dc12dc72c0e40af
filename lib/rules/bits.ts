/** A set of profiles by their number: number i is bit i % 32 of word i / 32. Bits beyond the last profile are 0. */
export type Bits = Uint32Array;

/** Nobody of n. */
export function noBits(n: number): Bits {
  return new Uint32Array((n + 31) >>> 5);
}

/** Everybody of n. */
export function allBits(n: number): Bits {
  return notBits(noBits(n), n);
}

/** Those of n that are not in a set. */
export function notBits(bits: Bits, n: number): Bits {
  const result = bits.map((word) => ~word);
  if (n % 32 > 0) result[result.length - 1]! &= 0xffffffff >>> (32 - (n % 32));
  return result;
}

/** Those in both. */
export function andBits(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word & b[i]!);
}

/** Those in either. */
export function orBits(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word | b[i]!);
}

/** How many are in a set. */
export function countBits(bits: Bits): number {
  let count = 0;
  for (let i = 0; i < bits.length; ++i) {
    let word = bits[i]!;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** The numbers in a set, the least first, at most so many. */
export function listBits(bits: Bits, limit = Infinity): number[] {
  const found: number[] = [];
  for (let i = 0; i < bits.length; ++i) {
    for (let word = bits[i]!; word !== 0; word &= word - 1) {
      if (found.length >= limit) return found;
      found.push(32 * i + 31 - Math.clz32(word & -word));
    }
  }
  return found;
}

/** The last number that a bitstring of n profiles has room for: whole bytes, as DuckDB pads the first of them. */
export function bitstringEnd(n: number): number {
  return 8 * Math.ceil(n / 8) - 1;
}

/**
 * Reads what DuckDB's `bitstring_agg(row, 0, bitstringEnd(n))::blob` gives: the first profile's bit is the highest of the first
 * byte. Null, where no row was in, is nobody.
 */
export function readBitstring(bytes: Uint8Array | null, n: number): Bits {
  const bits = noBits(n);
  if (!bytes) return bits;
  for (let i = 0; i < bytes.length; ++i) bits[i >>> 2]! |= reversed[bytes[i]!]! << (8 * (i & 3));
  return bits;
}

const reversed = Uint8Array.from({length: 256}, (_, byte) => {
  let result = 0;
  for (let i = 0; i < 8; ++i) if (byte & (1 << i)) result |= 128 >> i;
  return result;
});
