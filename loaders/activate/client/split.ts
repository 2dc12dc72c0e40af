import {DeliveryError, type Refusal, type Row} from "../destination.js";

/**
 * Sends rows together; where they are refused as a whole because of some among them, halves them until it is known which.
 * `send` gives the refusals by their place in what it was given.
 */
export async function splitRefused<T extends {row: number}>(
  rows: T[],
  send: (rows: T[]) => Promise<Refusal[]>
): Promise<Refusal[]> {
  if (rows.length === 0) return [];
  try {
    return (await send(rows)).map((refusal) => ({...refusal, row: rows[refusal.row]!.row}));
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.failure !== "refused" || error.isFinal) throw error;
    if (rows.length === 1) return [{row: rows[0]!.row, code: error.code, message: error.message}];
    const half = Math.ceil(rows.length / 2);
    return [...(await splitRefused(rows.slice(0, half), send)), ...(await splitRefused(rows.slice(half), send))];
  }
}

/** A batch's rows that are to be there, and those that are to go, each with its place. */
export function byAction(rows: Row[]): {present: (Row & {row: number})[]; gone: (Row & {row: number})[]} {
  const placed = rows.map((row, i) => ({...row, row: i}));
  return {
    present: placed.filter(({action}) => action !== "remove"),
    gone: placed.filter(({action}) => action === "remove")
  };
}

/** A person's address, as the destination compares it. */
export function email({fields}: Row): string {
  return String(fields.email ?? "")
    .trim()
    .toLowerCase();
}

/**
 * A row's fields without the address. What is empty is left out, or, of an update where the destination understands it,
 * sent as the empty text: it was there before, and is to go.
 */
export function otherFields({fields, action}: Row, {clears = false} = {}): [string, unknown][] {
  const isEmpty = (value: unknown) => value === null || value === undefined;
  return Object.entries(fields)
    .filter(([name, value]) => name !== "email" && (!isEmpty(value) || (clears && action === "update")))
    .map(([name, value]) => [name, isEmpty(value) ? "" : value]);
}

/** Parts of at most `size`. */
export function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({length: Math.ceil(items.length / size)}, (_, i) => items.slice(i * size, (i + 1) * size));
}
