import {containerKind, type ContainerKind} from "./rule.js";

/**
 * A tree of all, any and none as one SQL condition, its leaves by `leaf`. Undefined where nothing says anything. Nulls
 * stand for false; below a denial they are made so.
 */
export function compileTree<Node extends object>(
  node: Node,
  leaf: (node: Node) => string | undefined
): string | undefined {
  const found = leaf(node);
  const kind = containerKind(node as never);
  if (found !== undefined || !kind) return found;
  const parts = (node as Record<ContainerKind, Node[]>)[kind].flatMap((child) => compileTree(child, leaf) ?? []);
  if (parts.length === 0) return undefined;
  return kind === "none" ? deny(either(parts)) : kind === "any" ? either(parts) : both(parts);
}

/**
 * What always or never holds, written so that it is not folded away with its neighbours: their parameters are bound
 * already, and an engine refuses values for parameters that a statement does not have.
 */
export const always = "(1 = 1)";
export const never = "(1 = 0)";

/** Conditions that must all hold. */
export function both(parts: string[]): string {
  if (parts.includes("false")) return "false";
  return join(
    parts.filter((part) => part !== "true"),
    " and ",
    "true"
  );
}

/** Conditions of which one must hold. */
export function either(parts: string[]): string {
  if (parts.includes("true")) return "true";
  return join(
    parts.filter((part) => part !== "false"),
    " or ",
    "false"
  );
}

/** The exact opposite: null is false before it is denied. */
export function deny(sql: string): string {
  if (sql === "true" || sql === "false") return String(sql === "false");
  return `(not coalesce(${sql}, false))`;
}

function join(parts: string[], by: string, nothing: string): string {
  if (parts.length === 0) return nothing;
  return parts.length === 1 ? parts[0]! : `(${parts.join(by)})`;
}
