import {html} from "htl";
import {namedPeriods, parseDate} from "../../lib/rules/dates.js";
import type {Operand} from "../../lib/rules/subject.js";
import {Select} from "./Select.js";
import {SpanInput} from "./SpanInput.js";

type Take = (operand: Operand) => void;

/** "this month", or a year or month. */
export function PeriodControl(label: string, operand: string, take: Take): HTMLElement {
  const isNamed = (namedPeriods as readonly string[]).includes(operand);
  const text = html`<input
    type="text"
    pattern="\\d{4}(-(0[1-9]|1[0-2]))?"
    placeholder="2026 or 2026-03"
    aria-label=${`${label}: year or month`}
    value=${isNamed ? "" : operand}
  />` as HTMLInputElement;
  text.hidden = isNamed;
  text.addEventListener("input", () => text.value && text.validity.valid && take(text.value));
  const options = [...namedPeriods.map((name) => [name, name] as const), ["", "year or month …"] as const];
  const select = Select(`${label}: period`, options, isNamed ? operand : "", (value) => {
    text.hidden = value !== "";
    if (value) take(value);
    else text.focus();
  });
  return html`<span class="pair">${select}${text}</span>`;
}

/** A date and a span on either side of it. */
export function AroundControl(
  label: string,
  [date, span]: [string, string],
  take: Take,
  hasClock: boolean
): HTMLElement {
  let present: [string, string] = [date, span];
  const tell = (next: [string, string]) => take((present = next));
  const day = html`<input type="date" aria-label=${`${label}: date`} value=${date} />` as HTMLInputElement;
  day.addEventListener("input", () => {
    const read = parseDate(day.value);
    if (read) tell([read, present[1]]);
  });
  const width = SpanInput(`${label}: on either side`, span, (next) => tell([present[0], next]), {hasClock});
  return html`<span class="pair">${width}<span>of</span>${day}</span>`;
}

/** From some time before or after as-of to some other. */
export function RollingControl(label: string, bounds: [string, string], take: Take, hasClock: boolean): HTMLElement {
  let present = bounds;
  const bound = (i: 0 | 1, name: string) => {
    const sign = () => (present[i].startsWith("-") ? "-" : "");
    const tell = (text: string) => {
      present = i === 0 ? [text, present[1]] : [present[0], text];
      take(present);
    };
    const span = SpanInput(`${label}, ${name}`, present[i], (next) => tell(sign() + next), {hasClock});
    const side = Select(
      `${label}, ${name}: before or after`,
      [
        ["-", "ago"],
        ["", "ahead"]
      ],
      sign(),
      (next) => tell(next + present[i].replace(/^[+-]/, ""))
    );
    return html`<span class="pair">${span}${side}</span>`;
  };
  return html`<span class="pair"><span>from</span>${bound(0, "from")}<span>to</span>${bound(1, "to")}</span>`;
}

/** A file of values in the workspace. */
export function FileControl(label: string, file: string, files: readonly string[], take: Take): HTMLElement {
  const id = `lists-${label.replace(/\W/g, "-")}`;
  const input = html`<input
    type="text"
    class="list-file"
    aria-label=${`${label}: file`}
    placeholder="lists/vip.txt"
    value=${file}
    list=${id}
  />` as HTMLInputElement;
  input.addEventListener("change", () => input.value.trim() && take(input.value.trim()));
  return html`<span class="pair"
    >${input}<datalist id=${id}>${files.map((name) => html`<option value=${name}></option>`)}</datalist></span
  >`;
}
