import type {RuleContext} from "./dates.js";
import type {Catalogue} from "./field.js";

/** Something about a rule: an error stops it, a warning does not. */
export interface Finding {
  severity: "error" | "warning";
  /** Keys and indices from the root to the place. */
  path: (string | number)[];
  message: string;
}

/** What checks of parts share. */
export interface Checking {
  fields: Catalogue;
  context: RuleContext;
  report(severity: Finding["severity"], path: Finding["path"], message: string): void;
}

/** A place in the tree as people read it: `rule.all[2].none[1]`, counted from 1. */
export function formatPath(path: (string | number)[]): string {
  return "rule" + path.map((step) => (typeof step === "number" ? `[${step + 1}]` : `.${step}`)).join("");
}
