/** A value as a dry run shows it: enough to see what kind of thing it is, not whose. */
export function mask(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(mask);
  if (value instanceof Date) return value;
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]));
  }
  return value;
}

// The first letter of each part; an address keeps its form.
function maskText(text: string): string {
  const address = /^([^@\s]+)@([^@\s]+)$/.exec(text);
  if (address) return `${first(address[1]!)}@${first(address[2]!)}`;
  return text.length <= 1 ? text : first(text);
}

function first(text: string): string {
  return `${[...text][0]}…`;
}
