import {alternativesOf} from "../../lib/rules/count.js";
import {fieldOf, isElsewhere, type Catalogue, type Field} from "../../lib/rules/field.js";
import {childrenOf, containerKind, isCondition, saysSomething, type Rule} from "../../lib/rules/rule.js";
import {fieldTitle} from "./fields.js";
import {nodeTitle} from "./nodeTitle.js";

/**
 * Why somebody is in, from a row of the examples: what each condition asks for, with the value they have; of
 * alternatives those that hold.
 */
export function reasonsOf(
  rule: Rule,
  row: Record<string, unknown>,
  known: Catalogue,
  show: (field: Field, value: unknown) => string
): string {
  const alternatives = new Map(alternativesOf(rule).map((node, i) => [node, (row.holds as boolean[])[i] === true]));
  const say = (node: Rule): string[] => {
    if (!saysSomething(node)) return [];
    const kind = containerKind(node);
    if (kind === "none") return [`not ${childrenOf(node).filter(saysSomething).map((child) => name(child)).join(", nor ")}`]; // prettier-ignore
    if (kind === "any") return childrenOf(node).filter((child) => alternatives.get(child) ?? true).flatMap(say); // prettier-ignore
    if (kind === "all") return childrenOf(node).flatMap(say);
    return [name(node)];
  };
  const name = (node: Rule): string => {
    if (containerKind(node) || !isCondition(node)) return nodeTitle(node, known);
    const field = fieldOf(node, known);
    return isElsewhere(field) ? fieldTitle(field) : `${fieldTitle(field)}: ${show(field, row[field.column])}`;
  };
  return say(rule).join("; ");
}
