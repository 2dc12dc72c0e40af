import {html} from "htl";
import {parseDate} from "../../lib/rules/dates.js";
import {fieldFamily} from "../../lib/rules/field.js";
import {operators, type Operator} from "../../lib/rules/operators.js";
import type {Operand, Scalar} from "../../lib/rules/subject.js";
import {Choices} from "./Choices.js";
import type {ControlEvents} from "./controlEvents.js";
import {AroundControl, FileControl, PeriodControl, RollingControl} from "./dateControls.js";
import {fieldTitle, type ProfileField} from "./fields.js";
import {RangeSlider} from "./RangeSlider.js";
import {Select} from "./Select.js";
import {SpanInput} from "./SpanInput.js";

/** Whether a control is small enough to stand in the line of the operator. */
export function isShortControl(field: ProfileField, operator: Operator): boolean {
  return operators[operator].operand !== "many" && !hasSlider(field, operator);
}

/** The control for what a condition compares with, by the operator's operand and the field's type. */
export function ValueControl(
  field: ProfileField,
  operator: Operator,
  operand: Operand,
  events: ControlEvents
): HTMLElement {
  const label = fieldTitle(field);
  const hasClock = field.type === "timestamp";
  switch (operators[operator].operand) {
    case "flag":
      return Select(`${label}: yes or no`, [["true", "yes"], ["false", "no"]], String(operand), (v) => events.input(v === "true")); // prettier-ignore
    case "span":
      return SpanInput(label, String(operand), events.input, {hasClock});
    case "period":
      return PeriodControl(label, String(operand), events.input);
    case "around":
      return AroundControl(label, operand as [string, string], events.input, hasClock);
    case "rolling":
      return RollingControl(label, operand as [string, string], events.input, hasClock);
    case "file":
      return FileControl(label, String(operand), field.lists ?? [], events.input);
    case "many":
      return Choices(field, operand as Scalar[], events);
    default:
      return Values(field, operator, operand, events);
  }
}

function Values(field: ProfileField, operator: Operator, operand: Operand, events: ControlEvents): HTMLElement {
  const family = fieldFamily(field);
  const label = fieldTitle(field);
  if (family === "boolean") {
    return Select(label, [["true", "true"], ["false", "false"]], String(operand), (v) => events.input(v === "true")); // prettier-ignore
  }
  const values = [operand].flat();
  const isPair = Array.isArray(operand);
  const take = (i: number, value: Scalar) => {
    values[i] = value;
    const isOrdered = !isPair || values[0]! <= values[1]!;
    for (const input of inputs) input.setCustomValidity(isOrdered ? "" : "the lower first");
    if (!isOrdered) return inputs[i]!.reportValidity();
    events.input(isPair ? [...values] : values[0]!);
    slider?.show(operandNow());
  };
  const operandNow = (): Operand => (isPair ? [...values] : values[0]!);
  const inputs = values.map((value, i) => {
    const name = isPair ? `${label}: ${i === 0 ? "lowest" : "highest"}` : label;
    return Input(field, name, value, (text) => {
      const read = readValue(field, text);
      if (read !== undefined) take(i, read);
    });
  });
  const slider = hasSlider(field, operator)
    ? RangeSlider(field, operator, operand, {
        ...events,
        input(next, isDragging) {
          [next].flat().forEach((value, i) => {
            values[i] = value;
            inputs[i]!.value = String(value);
          });
          events.input(next, isDragging);
        }
      })
    : undefined;
  const boxes = isPair ? html`<span class="pair">${inputs[0]}<span>and</span>${inputs[1]}</span>` : inputs[0];
  return html`<div class="values">${boxes}${slider?.element}</div>`;
}

function hasSlider(field: ProfileField, operator: Operator): boolean {
  const isCompared = ["one", "pair"].includes(operators[operator].operand) && !["is", "is_not"].includes(operator);
  return isCompared && fieldFamily(field) === "number" && field.quantiles.length > 0;
}

function Input(field: ProfileField, label: string, value: Scalar, take: (text: string) => void): HTMLInputElement {
  const family = fieldFamily(field);
  const type = family === "date" ? "date" : family === "text" ? "text" : "number";
  const listId = `values-${field.column.replace(/\W/g, "-")}`;
  const input = html`<input type=${type} aria-label=${label} value=${String(value)} />` as HTMLInputElement;
  if (family === "decile") Object.assign(input, {min: "1", max: String(field.buckets ?? 10), step: "1"});
  else if (type === "number") input.step = "any";
  if (family === "text") {
    input.setAttribute("list", listId);
    if (!document.getElementById(listId)) {
      document.body.append(
        html`<datalist id=${listId}>${field.top.map((v) => html`<option value=${v.value}></option>`)}</datalist>`
      );
    }
  }
  input.addEventListener("input", () => input.validity.valid && take(input.value));
  return input;
}

/** Reads what was typed; undefined while it is no value of the field. */
function readValue(field: ProfileField, text: string): Scalar | undefined {
  const family = fieldFamily(field);
  if (family === "text") return text;
  if (family === "date") return parseDate(text);
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return undefined;
  return family === "decile" && !(Number.isInteger(number) && number >= 1 && number <= (field.buckets ?? 10))
    ? undefined
    : number;
}
