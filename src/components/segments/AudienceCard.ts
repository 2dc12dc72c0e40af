import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {memberships, type AudienceCondition} from "../../lib/rules/rule.js";
import type {Builder} from "./builder.js";
import {Card} from "./Card.js";
import {Select} from "./Select.js";
import {nodeSlot, withPart} from "./slot.js";
import {SpanInput} from "./SpanInput.js";

const words: Record<(typeof memberships)[number], string> = {
  now: "are in",
  ever: "were ever in",
  never: "were never in",
  left: "have left"
};

/** A condition on membership in another audience: now, ever, never, or left; within a span or at any time. */
export function AudienceCard(builder: Builder, condition: AudienceCondition, place: Place): HTMLElement {
  const {store, known} = builder;
  const slot = nodeSlot<AudienceCondition>(store, place);
  const audiences = known.audiences ?? [];
  const name = audiences.find(({id}) => id === condition.audience)?.name ?? condition.audience;
  const {membership = "now", within} = condition;
  const which = Select(
    "Audience",
    [
      ...audiences.map(({id, name: text}) => [id, text] as const),
      ...(audiences.some(({id}) => id === condition.audience)
        ? []
        : [[condition.audience, condition.audience] as const])
    ],
    condition.audience,
    (audience) => slot.set({...slot.get(), audience}, "structure", "audience"),
    "audience"
  );
  which.classList.add("card-title");
  const how = Select(
    "Membership",
    memberships.map((value) => [value, words[value]] as const),
    membership,
    (next) => {
      const {audience} = slot.get();
      slot.set(next === "now" ? {audience} : {audience, membership: next as AudienceCondition["membership"]}, "structure", "first"); // prettier-ignore
    },
    "first"
  );
  const when = Select(
    "When",
    [
      ["", "at any time"],
      ["within", "within the last"]
    ],
    within === undefined ? "" : "within",
    (next) => slot.set(withPart(slot.get(), "within", next ? "30 days" : undefined), "structure", "when"),
    "when"
  );
  const span =
    within === undefined
      ? null
      : SpanInput("Within the last", within, (next) => slot.set({...slot.get(), within: next}, "value"));
  return Card(builder, {
    place,
    title: `Audience ${name}`,
    kind: "audience",
    head: html.fragment`<span class="event-word">Customers who</span>${how}${which}${membership === "now" ? null : html.fragment`${when}${span}`}`
  });
}
