import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {containerKind, isAudience, isEvent, isSequence, type Rule} from "../../lib/rules/rule.js";
import type {Condition} from "../../lib/rules/subject.js";
import {AudienceCard} from "./AudienceCard.js";
import type {Builder} from "./builder.js";
import {ConditionCard} from "./ConditionCard.js";
import {EventCard} from "./EventCard.js";
import {focusOn} from "./focus.js";
import {Group} from "./Group.js";
import {SequenceCard} from "./SequenceCard.js";

/** Draws the rule as nested groups of cards, anew whenever its shape changes. */
export function drawTree(canvas: HTMLElement, builder: Builder): void {
  const root = html`<div class="rule-tree"></div>`;
  const draw = (focus?: string) => {
    root.replaceChildren(Node(builder, builder.store.rule, []));
    if (focus) focusOn(root, focus);
  };
  draw();
  canvas.prepend(root);
  builder.store.subscribe(({kind, focus}) => {
    if (kind === "structure") draw(focus);
  });
}

function Node(builder: Builder, node: Rule, place: Place): HTMLElement {
  if (containerKind(node)) return Group(builder, node, place, (child, at) => Node(builder, child, at));
  if (isEvent(node)) return EventCard(builder, node, place);
  if (isSequence(node)) return SequenceCard(builder, node, place);
  if (isAudience(node)) return AudienceCard(builder, node, place);
  return ConditionCard(builder, node as Condition, place);
}
