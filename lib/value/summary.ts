/**
 * Customers' purchase histories as every model reads them: the distinct triples, each with the number of customers it
 * stands for. Times are in one unit (day, week, month).
 */
export interface Summary {
  /** Repeat orders: distinct periods with an order, less the first. */
  x: Float64Array;
  /** From the first order to the last. */
  tx: Float64Array;
  /** From the first order to the end of observation. */
  T: Float64Array;
  /** Customers with this triple. */
  weight: Float64Array;
  /** Sum over all customers and repeat orders of ln(time since the order before); the CNBD-k models read it. */
  logGaps?: number;
}

/** The distinct triples of single customers with their counts, and for each customer the triple it belongs to. */
export function summarise(
  x: ArrayLike<number>,
  tx: ArrayLike<number>,
  T: ArrayLike<number>
): Summary & {index: Uint32Array} {
  const places = new Map<number, Map<number, Map<number, number>>>();
  const index = new Uint32Array(x.length);
  const first: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < x.length; ++i) {
    const byX = descend(places, x[i]!);
    const byT = descend(byX, T[i]!);
    let place = byT.get(tx[i]!);
    if (place === undefined) {
      byT.set(tx[i]!, (place = first.length));
      first.push(i);
      weight.push(0);
    }
    index[i] = place;
    ++weight[place]!;
  }
  return {
    x: Float64Array.from(first, (i) => x[i]!),
    tx: Float64Array.from(first, (i) => tx[i]!),
    T: Float64Array.from(first, (i) => T[i]!),
    weight: Float64Array.from(weight),
    index
  };
}

/** The number of customers in a summary. */
export function count(summary: Pick<Summary, "weight">): number {
  let n = 0;
  for (const w of summary.weight) n += w;
  return n;
}

function descend<V>(map: Map<number, Map<number, V>>, key: number): Map<number, V> {
  let inner = map.get(key);
  if (!inner) map.set(key, (inner = new Map()));
  return inner;
}
