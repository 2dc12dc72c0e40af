/** A column of numbers by the values it takes: entry i is `values[index[i]]`. */
export interface Levels {
  values: Float64Array;
  index: Uint32Array;
}

const known = new WeakMap<Float64Array, Levels>();

/**
 * The distinct values of a column, in the order they come. Remembered with the column, which must not change: a fit asks
 * at every evaluation, and takes logarithms of a few hundred ages instead of those of every history.
 */
export function levels(column: Float64Array): Levels {
  let result = known.get(column);
  if (!result) known.set(column, (result = distinct(column)));
  return result;
}

function distinct(column: Float64Array): Levels {
  const places = new Map<number, number>();
  const index = new Uint32Array(column.length);
  for (let i = 0; i < column.length; ++i) {
    const value = column[i]!;
    let place = places.get(value);
    if (place === undefined) places.set(value, (place = places.size));
    index[i] = place;
  }
  return {values: Float64Array.from(places.keys()), index};
}
