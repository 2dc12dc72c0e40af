/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

const mask = (1n << 64n) - 1n;

/**
 * A seeded generator: xoshiro128** (Blackman & Vigna 2018) with its state from splitmix64 (Steele et al. 2014). The same
 * seed gives the same numbers on every machine; 53 random bits each.
 */
export function random(seed: number | bigint): Random {
  const next = splitmix(BigInt.asUintN(64, BigInt(seed)));
  const [one, two] = [next(), next()];
  let a = Number(one & 0xffffffffn) | 0;
  let b = Number(one >> 32n) | 0;
  let c = Number(two & 0xffffffffn) | 0;
  let d = Number(two >> 32n) | 0;
  const draw = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return () => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992;
}

/** splitmix64: a stream of 64-bit integers. */
export function splitmix(state: bigint): () => bigint {
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  };
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
