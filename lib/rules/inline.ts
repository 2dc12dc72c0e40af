import {quoteText} from "../sql.js";
import type {Compiled} from "./compile.js";
import type {Scalar} from "./subject.js";

/** Compiled SQL with its values written in as literals: for people to read and copy, not for running. */
export function inlineParameters({sql, parameters}: Compiled): string {
  return sql.replace(/\$(\d+)::(\w+)/g, (_, index: string, type: string) =>
    literal(parameters[Number(index) - 1]!, type)
  );
}

function literal(value: Scalar, type: string): string {
  if (typeof value !== "string") return Object.is(value, -0) ? "0" : String(value);
  const text = quoteText(value);
  return type === "date" || type === "timestamp" ? `${type} ${text}` : text;
}
