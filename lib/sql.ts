/** A table's or column's name in SQL; each part of a dotted name apart. */
export function quoteName(name: string): string {
  return name.split(".").map(quoteColumn).join(".");
}

/** One name in SQL, whatever it is made of. */
export function quoteColumn(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An instant in SQL: a timestamp without a zone, in UTC. */
export function quoteInstant(instant: Date): string {
  return `timestamp '${utcText(instant)}'`;
}

/** An instant as tables hold a UTC timestamp: `2024-02-29 23:59:59.000`. */
export function utcText(instant: Date): string {
  return instant.toISOString().slice(0, -1).replace("T", " ");
}
