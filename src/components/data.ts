export type Value = string | number | boolean | Date | null;
export type Row = Record<string, Value>;

/** The part of an Arrow table that is needed here, so that pages and tests need no Arrow types. */
export interface TableLike {
  readonly numRows: number;
  readonly schema: {
    readonly fields: readonly {
      readonly name: string;
      readonly typeId?: number;
      readonly type?: {readonly typeId?: number};
    }[];
  };
  getChild(name: string): {get(index: number): unknown} | null;
}

/**
 * An Arrow table as plain objects: dates and timestamps become `Date`, integers of 64 bits numbers (text where they
 * are too large), everything else stays as it is.
 *
 * @example const deciles = rows<Decile>(await FileAttachment("/data/deciles.arrow").arrow());
 */
export function rows<T = Row>(table: TableLike): T[] {
  const columns = table.schema.fields.map((field) => ({
    name: field.name,
    vector: table.getChild(field.name)!,
    isTime: timeTypes.has(field.type?.typeId ?? 0)
  }));
  return Array.from({length: table.numRows}, (_, i) => {
    const row: Record<string, unknown> = {};
    for (const {name, vector, isTime} of columns) row[name] = plain(vector.get(i), isTime);
    return row as T;
  });
}

/** The first row, or undefined: for files of one row such as `meta.arrow`. */
export function first<T = Row>(table: TableLike): T | undefined {
  return rows<T>(table)[0];
}

/** Arrow's type ids of Date and Timestamp, with their units. */
const timeTypes = new Set([8, 10, -13, -14, -15, -16, -17, -18]);

function plain(value: unknown, isTime: boolean): unknown {
  if (value === undefined || value === null) return null;
  if (isTime) return value instanceof Date ? value : new Date(Number(value));
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value;
}
