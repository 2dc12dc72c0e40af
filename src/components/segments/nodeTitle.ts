import {fieldOf, type Catalogue} from "../../lib/rules/field.js";
import {containerKind, type Condition, type Rule} from "../../lib/rules/rule.js";
import {fieldTitle} from "./fields.js";
import {groupTitle} from "./labels.js";

/** A node of the rule in a few words, for announcements and labels. */
export function nodeTitle(node: Rule, known: Catalogue): string {
  if (containerKind(node)) return groupTitle(node);
  try {
    return fieldTitle(fieldOf(node as Condition, known));
  } catch {
    return "Broken condition";
  }
}
