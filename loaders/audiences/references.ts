import type {AudienceDefinition} from "../../lib/definitions/audience.js";
import {childrenOf, containerKind, type Rule} from "../../lib/rules/rule.js";

/** A rule's mention of another audience. */
export interface Reference {
  audience: string;
  membership: "now" | "ever" | "never" | "left";
  /** Keys and indices from the definition's root. */
  path: (string | number)[];
}

/** Every audience that a definition's rules name, with the place. */
export function references({rule, split}: Pick<AudienceDefinition, "rule" | "split">): Reference[] {
  const found = rule ? ofRule(rule, ["rule"]) : [];
  for (const [name, {where}] of Object.entries(split?.arms ?? {})) {
    if (where) found.push(...ofRule(where, ["split", "arms", name, "where"]));
  }
  return found;
}

function ofRule(rule: Rule, path: Reference["path"]): Reference[] {
  const kind = containerKind(rule);
  if (kind) return childrenOf(rule).flatMap((child, i) => ofRule(child, [...path, kind, i]));
  const {audience, membership = "now"} = rule as {audience?: string; membership?: Reference["membership"]};
  return audience === undefined ? [] : [{audience, membership, path}];
}
