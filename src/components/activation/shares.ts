/** A campaign's arms, as its definition has them. */
type Arms = Record<string, {holdout?: boolean; share?: number; label?: string} | null>;

/** The share that a definition's arms hold out; 0 without arms, null where one of them names no share. */
export function shareHeldOut(arms: object | undefined): number | null {
  const all = Object.values((arms ?? {}) as Arms);
  if (all.length === 0) return 0;
  if (all.some((arm) => arm?.share === undefined)) return null;
  return sum(all.filter((arm) => arm?.holdout)) / sum(all);
}

/** The same arms with that share held out, in parts of a hundred; those mailed keep their sizes to each other. */
export function withHeldOut(arms: object | undefined, heldOut: number): Arms {
  const before = Object.entries((arms ?? {}) as Arms);
  const mailed = before.filter(([, arm]) => !arm?.holdout);
  const held = before.filter(([, arm]) => arm?.holdout);
  if (mailed.length === 0) mailed.push(["mail", {label: "Mailed"}]);
  if (held.length === 0) held.push(["holdout", {label: "Held out", holdout: true}]);
  return Object.fromEntries([...part(mailed, 1 - heldOut), ...(heldOut > 0 ? part(held, heldOut) : [])]);
}

function part(arms: [string, Arms[string]][], share: number): [string, Arms[string]][] {
  const sizes = arms.map(([, arm]) => arm?.share ?? 1);
  const total = sizes.reduce((a, b) => a + b, 0);
  return arms.map(([key, arm], i) => [key, {...arm, share: Math.round((1000 * share * sizes[i]!) / total) / 10}]);
}

function sum(arms: Arms[string][]): number {
  return arms.reduce((total, arm) => total + (arm?.share ?? 0), 0);
}
