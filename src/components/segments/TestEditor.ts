import {html} from "htl";
import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import {fieldFamily} from "../../lib/rules/field.js";
import type {Operator} from "../../lib/rules/operators.js";
import {testOf, type Test} from "../../lib/rules/subject.js";
import {testWith, type ProfileField} from "./fields.js";
import {operatorLabel} from "./labels.js";
import {Select} from "./Select.js";
import type {Slot} from "./slot.js";
import {isShortControl, ValueControl} from "./ValueControl.js";

export interface TestEditorOptions {
  field: ProfileField;
  /** What is compared, as it is read out. */
  label: string;
  operators: readonly Operator[];
  /** What the operators are called; default: as in a menu. */
  name?: (operator: Operator) => string;
  /** The name by which the choice of the operator gets the focus. */
  focus: string;
  /** Asks for the counts of all values, where there are any. */
  grab?: (bins: Bins) => Promise<DragCounts | undefined>;
}

/** How something is compared and with what: the choice of an operator, and the control that fits it. */
export function TestEditor(
  slot: Slot<Test>,
  {field, label, operators, name, focus, grab}: TestEditorOptions
): {select: HTMLElement; control: HTMLElement; isShort: boolean} {
  const test = slot.get();
  const {operator, operand} = testOf(test);
  const select = Select(
    `${label}: how to compare`,
    operators.map((one) => [one, name?.(one) ?? operatorLabel(one, field)]),
    operator,
    (next) => slot.set(testWith(field, next as Operator, testOf(slot.get())), "structure", focus),
    focus
  );
  const put = (next: Test, isDragging = false) => slot.set(next, isDragging ? "drag" : "value");
  const withYear = (next: Test) => (slot.get().ignore_year ? {...next, ignore_year: true} : next);
  const control = ValueControl(field, operator, operand, {
    input: (next, isDragging) => put(withYear({[operator]: next}), isDragging),
    settle: () => slot.settle(),
    grab: grab ?? (async () => undefined)
  });
  const isYearly = fieldFamily(field) === "date" && yearless.has(operator);
  const year = html`<label class="ignore-year"
    ><input type="checkbox" checked=${test.ignore_year === true} /><span>in any year</span></label
  >`;
  year.querySelector("input")!.addEventListener("change", (event) => {
    const {ignore_year: _, ...rest} = slot.get();
    put((event.target as HTMLInputElement).checked ? {...rest, ignore_year: true} : rest);
  });
  return {
    select,
    control: isYearly ? html`<span class="pair">${control}${year}</span>` : control,
    isShort: isShortControl(field, operator)
  };
}

/** The operators with which the year may be left out of account. */
const yearless: ReadonlySet<Operator> = new Set<Operator>(["is", "is_not", "between", "during", "around", "before", "on_or_before", "after", "on_or_after"]); // prettier-ignore
