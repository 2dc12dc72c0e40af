/** A name in SQL; each part of a dotted name apart. */
export function name(text: string): string {
  return text
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}

/** A text in SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** An instant in SQL, as UTC without a zone. */
export function instant(date: Date): string {
  return `timestamp '${date.toISOString().replace("T", " ").replace("Z", "")}'`;
}
