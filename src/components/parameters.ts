import {utcText} from "../lib/sql.js";

/** What a query's parameter may be. */
export type Bindable = string | number | boolean | bigint | Date | null | undefined;

/** A parameter as DuckDB-WASM takes it: an instant as UTC text, whatever is no value as null. */
export function bindable(value: Bindable): string | number | boolean | bigint | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return utcText(value);
  return value;
}

/**
 * A tagged template as a query and its parameters. A list becomes a list of parameters in parentheses, so that
 * `in ${names}` works; an empty one matches nothing.
 */
export function template(
  strings: readonly string[],
  values: readonly unknown[]
): {text: string; parameters: Bindable[]} {
  const parameters: Bindable[] = [];
  let text = strings[0] ?? "";
  values.forEach((value, i) => {
    if (Array.isArray(value)) {
      text += value.length === 0 ? "(select null where false)" : `(${value.map(() => "?").join(", ")})`;
      for (const item of value) parameters.push(checked(item));
    } else {
      text += "?";
      parameters.push(checked(value));
    }
    text += strings[i + 1];
  });
  return {text, parameters};
}

function checked(value: unknown): Bindable {
  if (value === null || value === undefined || value instanceof Date) return value;
  if (["string", "number", "boolean", "bigint"].includes(typeof value)) return value as Bindable;
  throw new TypeError(`not a query parameter: ${Object.prototype.toString.call(value)}`);
}
