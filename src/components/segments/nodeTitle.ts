import {fieldOf, type Catalogue} from "../../lib/rules/field.js";
import {containerKind, isAudience, isEvent, isSequence, type Rule} from "../../lib/rules/rule.js";
import type {Condition} from "../../lib/rules/subject.js";
import {eventNames} from "./eventNames.js";
import {fieldTitle} from "./fields.js";
import {groupTitle} from "./labels.js";

/** A node of the rule in a few words, for announcements and labels. */
export function nodeTitle(node: Rule, known: Catalogue): string {
  if (containerKind(node)) return groupTitle(node);
  if (isEvent(node)) return eventNames(node.event, known);
  if (isSequence(node)) return `Sequence of ${node.sequence.length} steps`;
  if (isAudience(node))
    return `Audience ${known.audiences?.find(({id}) => id === node.audience)?.name ?? node.audience}`;
  try {
    return fieldTitle(fieldOf(node as Condition, known));
  } catch {
    return "Broken condition";
  }
}
