import type {z} from "zod";
import {suggest} from "./nearest.js";
import {expected, namesAt, schemasAt, valuesOf, type Path} from "./schema.js";

type Issue = z.core.$ZodIssue;

/** A mistake before it has a file and a line. `atKey`: the name itself is wrong, rather than what it holds. */
export interface Explained {
  path: Path;
  message: string;
  atKey: boolean;
}

/** Says in words what zod found: what stands there, what was expected, and the nearest valid name. */
export function explain(issue: Issue, schema: z.ZodType, input: unknown, base: Path = []): Explained[] {
  const path = [...base, ...issue.path] as Path;
  const value = valueAt(input, path);
  const one = (message: string, atKey = false) => [{path, message, atKey}];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknownName("key", key, namesAt(schema, path)),
        atKey: true
      }));
    case "invalid_key":
      return one(`expected ${issue.issues[0]?.message ?? "another name"}, not ${show(path.at(-1))}`, true);
    case "invalid_union": {
      const branch = nearestBranch(issue.errors);
      if (branch) return branch.flatMap((inner) => explain(inner, schema, input, path));
      break;
    }
    case "custom": {
      // A refinement that says all there is to say.
      if (issue.params?.complete) return one(issue.message);
      const names = issue.params?.names as (() => string[]) | undefined;
      const hint = names && typeof value === "string" ? suggest(value, names()) : "";
      return one(`expected ${issue.message}${value === undefined ? "" : `, not ${show(value)}`}${hint}`);
    }
    case "too_small":
    case "too_big":
      if (issue.origin === "array" || issue.origin === "map") return one(`expected ${size(issue)}, not ${show(value)}`);
      break;
  }
  const schemas = schemasAt(schema, path);
  if (value === undefined) return one(`missing: expected ${expected(schemas)}`);
  const hint = typeof value === "string" ? suggest(value, valuesOf(schemas)) : "";
  return one(`expected ${expected(schemas)}, not ${show(value)}${hint}`);
}

/** `unknown column "amout": did you mean "amount"?`, or the names there are where none is near. */
export function unknownName(kind: string, name: string, names: Iterable<string>): string {
  const all = [...names];
  const hint = suggest(name, all);
  if (hint || all.length === 0) return `unknown ${kind} ${show(name)}${hint}`;
  return `unknown ${kind} ${show(name)}: expected ${all.length > 1 ? "one of " : ""}${all.sort().join(", ")}`;
}

/** A value as messages show it, cut where it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

// Of a union's alternatives, the one whose outer form fits what stands there and that asks for the least change.
function nearestBranch(errors: Issue[][]): Issue[] | undefined {
  const fits = errors.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type")
  );
  const cost = (issues: Issue[]) =>
    issues.reduce((sum, {path, ...issue}) => {
      const names = issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1;
      return sum + names * (path.length < 2 ? 4 : 1);
    }, 0);
  const [best] = fits.sort((a, b) => cost(a) - cost(b));
  return best?.some((issue) => issue.path.length === 0 && issue.code === "invalid_value") ? undefined : best;
}

function size(issue: Extract<Issue, {code: "too_small" | "too_big"}>): string {
  const [bound, limit] = issue.code === "too_small" ? ["at least", issue.minimum] : ["at most", issue.maximum];
  return `${bound} ${limit} ${issue.origin === "array" ? "item" : "entry"}${Number(limit) === 1 ? "" : "s"}`;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
