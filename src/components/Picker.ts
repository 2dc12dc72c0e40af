import {html} from "htl";
import {urlState} from "./url.js";

export interface Option {
  value: string;
  /** Default: the value. */
  label?: string;
}

export interface PickerOptions {
  label: string;
  options: readonly (string | Option)[];
  /** The chosen value; default: the first option. */
  value?: string;
  /** Keeps the choice in the page's address under this name. */
  key?: string;
  /** `select` (default), or `radio`: all options visible side by side, for six or fewer. */
  kind?: "select" | "radio";
}

/** A form control with a `value`, for Framework's `view`. */
export interface Control<T> extends HTMLElement {
  value: T;
}

/**
 * A labelled choice of one of several options. With `key` its state is the page's address; a value in the address that
 * is no option gives way to the default.
 *
 * @example const metric = view(Picker({label: "Metric", options: ["spend", "orders"], key: "metric"}));
 */
export function Picker({label, options, value, key, kind = "select"}: PickerOptions): Control<string> {
  const choices = options.map((option) => (typeof option === "string" ? {value: option} : option) as Option);
  const fallback = value ?? choices[0]?.value ?? "";
  const known = (text: string) => (choices.some((choice) => choice.value === text) ? text : fallback);
  const state = key === undefined ? undefined : urlState(key, fallback);
  let current = known(state?.value ?? fallback);
  const parts = kind === "radio" ? radios(label, choices, current) : select(label, choices, current);
  const control = parts.root as Control<string>;
  const set = (text: string) => {
    current = known(text);
    parts.show(current);
  };
  parts.root.addEventListener("change", () => {
    current = parts.read();
    if (state) state.value = current;
    control.dispatchEvent(new Event("input", {bubbles: true}));
  });
  parts.root.addEventListener("input", (event) => {
    if (event.target !== control) event.stopImmediatePropagation();
  });
  state?.subscribe((text) => {
    if (known(text) === current) return;
    set(text);
    control.dispatchEvent(new Event("input", {bubbles: true}));
  });
  return Object.defineProperty(control, "value", {get: () => current, set});
}

/**
 * Several controls in one row, as one control whose value is an object.
 *
 * @example const chosen = view(Controls({metric: Picker(…), lookback: Picker(…)})); // {metric: "spend", lookback: "12 months"}
 */
export function Controls<T extends Record<string, string>>(parts: {[name in keyof T]: Control<T[name]>}): Control<T> {
  const controls = Object.entries<Control<string>>(parts);
  const form = html`<form class="controls" onsubmit=${(event: Event) => event.preventDefault()}>
    ${controls.map(([, control]) => control)}
  </form>`;
  return Object.defineProperty(form as Control<T>, "value", {
    get: () => Object.fromEntries(controls.map(([name, control]) => [name, control.value])),
    set: (values: T) => {
      for (const [name, control] of controls) control.value = values[name]!;
    }
  });
}

interface Parts {
  root: HTMLElement;
  read(): string;
  show(value: string): void;
}

function select(label: string, choices: readonly Option[], value: string): Parts {
  const input = html`<select>
    ${choices.map((choice) => html`<option value=${choice.value} selected=${choice.value === value}>${choice.label ?? choice.value}</option>`)}
  </select>` as HTMLSelectElement;
  return {
    root: html`<label class="picker"><span>${label}</span>${input}</label>`,
    read: () => input.value,
    show: (text) => (input.value = text)
  };
}

function radios(label: string, choices: readonly Option[], value: string): Parts {
  const name = `picker-${++count}`;
  const inputs = choices.map(
    (choice) =>
      html`<input
        type="radio"
        name=${name}
        value=${choice.value}
        checked=${choice.value === value}
      />` as HTMLInputElement
  );
  return {
    root: html`<fieldset class="picker picker-radio">
      <legend>${label}</legend>
      <div>
        ${choices.map((choice, i) => html`<label>${inputs[i]}<span>${choice.label ?? choice.value}</span></label>`)}
      </div>
    </fieldset>`,
    read: () => inputs.find((input) => input.checked)?.value ?? value,
    show: (text) => inputs.forEach((input) => (input.checked = input.value === text))
  };
}

let count = 0;
