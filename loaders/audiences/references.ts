import type {AudienceDefinition} from "../../lib/definitions/audience.js";
import type {Audience} from "./audience.js";
import {childrenOf, containerKind, isAudience, type Rule} from "../../lib/rules/rule.js";

/** A rule's mention of another audience. */
export interface Reference {
  audience: string;
  membership: "now" | "ever" | "never" | "left";
  within?: string;
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

/** Whether a reference means those that meet the other's rule now, and nothing of its past, its ranking or its schedule. */
export function isInlined(
  {membership, within}: Reference,
  {rule, state, split, top, schedule}: AudienceDefinition
): boolean {
  return membership === "now" && !within && rule !== undefined && state !== "inactive" && !split && !top && !schedule;
}

/** Audiences, and whatever they name, and those name. */
export function neededBy<T extends Pick<Audience, "id" | "definition">>(
  audiences: readonly T[],
  all: readonly T[]
): T[] {
  const needed = new Set(audiences.map(({id}) => id));
  const visit = ({definition}: T) => {
    for (const {audience} of references(definition)) {
      const other = all.find(({id}) => id === audience);
      if (!other || needed.has(audience)) continue;
      needed.add(audience);
      visit(other);
    }
  };
  audiences.forEach(visit);
  return all.filter(({id}) => needed.has(id));
}

function ofRule(rule: Rule, path: Reference["path"]): Reference[] {
  const kind = containerKind(rule);
  if (kind) return childrenOf(rule).flatMap((child, i) => ofRule(child, [...path, kind, i]));
  if (!isAudience(rule)) return [];
  const {audience, membership = "now", within} = rule;
  return [{audience, membership, ...(within && {within}), path}];
}
