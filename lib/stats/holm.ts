/**
 * Several p-values as they count together: each times the number of those not yet rejected, never below the one before.
 * Holm (1979), "A simple sequentially rejective multiple test procedure". Unknown ones (NaN) stay and are not counted.
 */
export function holm(values: readonly number[]): number[] {
  const known = values.map((p, i) => ({p, i})).filter(({p}) => !Number.isNaN(p));
  const adjusted = [...values];
  let highest = 0;
  known
    .sort((a, b) => a.p - b.p)
    .forEach(({p, i}, place) => {
      highest = Math.min(1, Math.max(highest, p * (known.length - place)));
      adjusted[i] = highest;
    });
  return adjusted;
}
