import {html} from "htl";
import type {Operator} from "../../lib/rules/operators.js";
import {testOf, type Test} from "../../lib/rules/subject.js";
import type {Builder} from "./builder.js";
import {eventProfileField, testWith, type ProfileField} from "./fields.js";
import {Select} from "./Select.js";
import type {Slot} from "./slot.js";
import {TestEditor} from "./TestEditor.js";

const focus = "time";

/** When events happened: at any time, or as a test of their time says. */
export function TimeRule({asOf}: Builder, slot: Slot<Test | undefined>): HTMLElement {
  const field = eventProfileField({name: "event_time", label: "When", type: "timestamp"}, asOf);
  const time = slot.get();
  if (!time) {
    const select = Select(
      "When",
      options,
      "",
      (next) => slot.set(first(field, next as Operator), "structure", focus),
      focus
    );
    return html`<div class="event-line"><span class="event-word">when</span>${select}</div>`;
  }
  const {control} = TestEditor(slot as Slot<Test>, {field, label: "When", operators: names, name: nameOf, focus});
  const select = Select(
    "When",
    options,
    testOf(time).operator,
    (next) =>
      slot.set(next === "" ? undefined : testWith(field, next as Operator, testOf(slot.get()!)), "structure", focus),
    focus
  );
  return html`<div class="event-line"><span class="event-word">when</span>${select}${control}</div>`;
}

const labels: [Operator, string][] = [
  ["in_last", "in the last"],
  ["not_in_last", "not in the last"],
  ["during", "during"],
  ["between", "between"],
  ["is", "on"],
  ["before", "before"],
  ["on_or_before", "on or before"],
  ["after", "after"],
  ["on_or_after", "on or after"],
  ["around", "within some days of"],
  ["rolling", "in the rolling range"]
];
const names = labels.map(([name]) => name);
const options: [string, string][] = [["", "at any time"], ...labels];

function nameOf(operator: Operator): string {
  return labels.find(([name]) => name === operator)?.[1] ?? operator;
}

function first(field: ProfileField, operator: Operator): Test {
  return operator === "in_last" ? {in_last: "30 days"} : testWith(field, operator);
}
