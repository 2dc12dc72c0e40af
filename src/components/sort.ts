/**
 * Rows ordered by one column: numbers and dates by size, text by the reader's alphabet with digits as numbers, nulls
 * last in both directions, equal rows as they were.
 */
export function sortRows<T>(rows: readonly T[], column: keyof T, descending = false): T[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const x = a[column];
    const y = b[column];
    if (isNull(x) || isNull(y)) return Number(isNull(x)) - Number(isNull(y));
    return sign * compare(x, y);
  });
}

const collator = new Intl.Collator("en", {numeric: true});

function compare(x: unknown, y: unknown): number {
  if (typeof x === "string" && typeof y === "string") return collator.compare(x, y);
  return Number(x) - Number(y);
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
}
