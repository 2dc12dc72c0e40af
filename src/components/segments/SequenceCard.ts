import {html} from "htl";
import {replaceAt, type Place} from "../../lib/rules/edit.js";
import {isNegated, type SequenceCondition, type Step, type Where} from "../../lib/rules/event.js";
import type {Test} from "../../lib/rules/subject.js";
import {keyOf, type Builder} from "./builder.js";
import {Card} from "./Card.js";
import {eventName, eventNames} from "./eventNames.js";
import {EventTypes} from "./EventTypes.js";
import {Filters} from "./Filters.js";
import {Menu} from "./Menu.js";
import {Select} from "./Select.js";
import {nodeSlot, partSlot, withPart, type Slot} from "./slot.js";
import {SpanInput} from "./SpanInput.js";
import {conditionOf, insertStep, moveStep, negateStep, removeStep, replaceStep, stepName, typesOf} from "./steps.js";
import {TimeRule} from "./TimeRule.js";
import {isUnpublishedSequence} from "./unpublished.js";

/** Events in the order of time, as a timeline of cards: what must happen, and what must not happen in between. */
export function SequenceCard(builder: Builder, condition: SequenceCondition, place: Place): HTMLElement {
  const {store, known} = builder;
  const slot = nodeSlot<SequenceCondition>(store, place);
  const key = keyOf(place);
  const time = partSlot<SequenceCondition, Test | undefined>(slot, (whole) => whole.time, (whole, next) => withPart(whole, "time", next)); // prettier-ignore
  const add = () => {
    const {sequence} = slot.get();
    const type = known.eventTypes?.[0]?.name ?? "*";
    slot.set(insertStep(slot.get(), sequence.length, {event: type}), "structure", `step-${sequence.length}`);
    builder.say(`Step ${sequence.length + 1} added`);
  };
  return Card(builder, {
    place,
    title: "Sequence",
    kind: "sequence",
    isUnpublished: isUnpublishedSequence(condition, known),
    head: html`<span class="card-title" tabindex="-1" data-focus="first">These events, in this order</span>`,
    body: html.fragment`<ol class="timeline" data-steps=${key}>
        ${condition.sequence.map((_, i) => StepItem(builder, slot, place, i))}
      </ol>
      <div class="event-line">
        <button type="button" class="add" data-focus="add-step" onclick=${add}>+ Step</button>
      </div>
      ${TimeRule(builder, time)}`
  });
}

function StepItem(builder: Builder, whole: Slot<SequenceCondition>, place: Place, i: number): HTMLElement {
  const {known} = builder;
  const slot = partSlot<SequenceCondition, Step>(
    whole,
    ({sequence}) => sequence[i]!,
    (sequence, step) => replaceStep(sequence, i, step)
  );
  const step = slot.get();
  const negated = isNegated(step);
  const name = `step ${i + 1}, ${negated ? "no " : ""}${eventNames(typesOf(step), known)}`;
  const where = partSlot<Step, Where | undefined>(slot, (one) => one.where, (one, next) => withPart(one, "where", next)); // prettier-ignore
  const happens = Select(
    `Step ${i + 1}: does it happen`,
    [
      ["yes", "happened"],
      ["no", "did not happen"]
    ],
    negated ? "no" : "yes",
    () => slot.set(negateStep(slot.get()), "structure", `happens-${i}`),
    `happens-${i}`
  );
  const act = actions(builder, whole, place, i);
  const grip = html`<button
    type="button"
    class="grip"
    aria-label=${`Move ${name}`}
    aria-describedby="grip-help"
    data-focus=${`grip-${i}`}
    onkeydown=${act.key}
  ></button>`;
  builder.dragging.handle(grip, () => ({from: place, step: i}), name);
  const earlier = whole.get().sequence.slice(0, i).flatMap((one, j) => (isNegated(one) ? [] : [{name: stepName(one, j), label: eventName(String([typesOf(one)].flat()[0]), known), types: typesOf(one)}])); // prettier-ignore
  const types = EventTypes(builder, typesOf(step), `step-${i}`, (next, focus) => {
    const present = slot.get();
    slot.set(isNegated(present) ? {...present, no_event: next} : {...present, event: next}, "structure", focus);
  });
  return html`<li data-step=${i} class=${negated ? "step step-negated" : "step"}>
    ${Gap(whole, slot, i)}
    <article class="step-card" aria-label=${name}>
      <div class="card-head">
        ${grip}
        <div class="card-what">${types}${happens}</div>
        <span class="node-count" data-reached=${`${keyOf(place)}:${i}`}></span>
        ${Menu(`Actions for ${name}`, `step-menu-${i}`, () => act.list)}
      </div>
      ${Filters(builder, where, {types: typesOf(step), steps: earlier})}
    </article>
  </li>`;
}

/** How much time may lie between a step and the one before it. */
function Gap(whole: Slot<SequenceCondition>, slot: Slot<Step>, i: number): HTMLElement | null {
  const {sequence} = whole.get();
  const step = slot.get();
  const before = sequence.slice(0, i).some((one) => !isNegated(one));
  if (!before && !isNegated(step)) return null;
  const isLast = !sequence.slice(i + 1).some((one) => !isNegated(one));
  if (isNegated(step)) {
    const choices: [string, string][] = isLast
      ? [["", "ever since"], ["within", "within"]] // prettier-ignore
      : [["", "in between"], ["within", "in between, within"]]; // prettier-ignore
    const select = Select("For how long", choices, step.within === undefined ? "" : "within", (next) => slot.set(withPart(slot.get(), "within", next ? "24 hours" : undefined), "structure", `gap-${i}`), `gap-${i}`); // prettier-ignore
    const span = step.within === undefined ? null : SpanInput("Within", step.within, (next) => slot.set({...slot.get(), within: next}, "value"), {hasClock: true}); // prettier-ignore
    return html`<div class="gap"><span class="event-word">and</span>${select}${span}</div>`;
  }
  const {after_at_least: after, within} = step;
  const form = [after !== undefined && "after", within !== undefined && "within"].filter(Boolean).join(" ");
  const select = Select(
    "How much later",
    [
      ["", "at any time later"],
      ["within", "within"],
      ["after", "after at least"],
      ["after within", "after at least … and within"]
    ],
    form,
    (next) => {
      const later = next.includes("after") ? (after ?? "1 hour") : undefined;
      const limit = next.includes("within") ? (within ?? "24 hours") : undefined;
      const present = withPart(slot.get() as typeof step, "after_at_least", later);
      slot.set(withPart(present, "within", limit), "structure", `gap-${i}`);
    },
    `gap-${i}`
  );
  const part = (label: string, name: "after_at_least" | "within", value: string | undefined) =>
    value === undefined
      ? null
      : SpanInput(label, value, (next) => slot.set({...slot.get(), [name]: next} as Step, "value"), {hasClock: true});
  return html`<div class="gap">
    <span class="event-word">then</span
    >${select}${part("After at least", "after_at_least", after)}${after && within ? html`<span>and within</span>` : null}${part("Within", "within", within)}
  </div>`;
}

function actions(builder: Builder, whole: Slot<SequenceCondition>, place: Place, i: number) {
  const {store, say} = builder;
  const move = (to: number) => {
    const {sequence} = whole.get();
    if (to < 0 || to >= sequence.length) return say(`Already ${to < 0 ? "first" : "last"}`);
    whole.set(moveStep(whole.get(), i, to > i ? to + 1 : to), "structure", `grip-${to}`);
    say(`Moved, step ${to + 1} of ${sequence.length}`);
  };
  const remove = () => {
    const left = removeStep(whole.get(), i);
    if (left) whole.set(left, "structure", `grip-${Math.min(i, left.sequence.length - 1)}`);
    else store.edit(replaceAt(store.rule, place, undefined), `${keyOf(place.slice(0, -1))}:add`);
    say("Step deleted");
  };
  const duplicate = () => {
    whole.set(insertStep(whole.get(), i + 1, structuredClone(whole.get().sequence[i]!)), "structure", `grip-${i + 1}`);
    say(`Step duplicated, ${i + 2} of ${whole.get().sequence.length}`);
  };
  const takeOut = () => {
    const step = whole.get().sequence[i]!;
    const left = removeStep(whole.get(), i);
    const rest = replaceAt(store.rule, place, left);
    builder.insert([...place.slice(0, -1), place.at(-1)! + (left ? 1 : 0)], conditionOf(step), rest);
  };
  const negate = () => {
    whole.set(replaceStep(whole.get(), i, negateStep(whole.get().sequence[i]!)), "structure", `step-menu-${i}`);
    say(isNegated(whole.get().sequence[i]!) ? "Must not happen" : "Must happen");
  };
  const keys: Record<string, () => void> = {
    ArrowUp: () => move(i - 1),
    ArrowDown: () => move(i + 1),
    ArrowLeft: takeOut,
    Delete: remove,
    Backspace: remove
  };
  return {
    key(event: KeyboardEvent) {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      act();
    },
    list: [
      {label: "Negate", act: negate},
      {label: "Duplicate", act: duplicate},
      {label: "Move up", keys: "↑", act: () => move(i - 1)},
      {label: "Move down", keys: "↓", act: () => move(i + 1)},
      {label: "Take out of the sequence", keys: "←", act: takeOut},
      {label: "Delete", keys: "Del", act: remove}
    ]
  };
}
