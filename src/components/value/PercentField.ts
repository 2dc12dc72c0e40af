import {html} from "htl";
import type {Control} from "../Picker.js";
import {urlState} from "../url.js";

export interface PercentOptions {
  label: string;
  /** Name in the page's address; the address holds percent, the value is a share. */
  key: string;
  /** The default, as a share: 0.1 for 10%. */
  value: number;
  /** In percent. */
  max: number;
}

/** A share, typed as percent and kept in the page's address. What is no number from 0 to the most gives way to the default. */
export function PercentField({label, key, value, max}: PercentOptions): Control<number> {
  const fallback = Math.round(value * 1e4) / 100;
  const state = urlState(key, fallback);
  const valid = (percent: number) => (Number.isFinite(percent) && percent >= 0 && percent <= max ? percent : fallback);
  const input = html`<input
    type="number"
    min="0"
    max=${max}
    step="1"
    value=${valid(state.value)}
  />` as HTMLInputElement;
  const root = html`<label class="picker"><span>${label}, %</span>${input}</label>` as unknown as Control<number>;
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    if (!input.validity.valid && !input.validity.stepMismatch) return;
    state.value = valid(input.value === "" ? NaN : input.valueAsNumber);
    root.dispatchEvent(new Event("input", {bubbles: true}));
  });
  return Object.defineProperty(root, "value", {
    get: () => valid(state.value) / 100,
    set: (share: number) => {
      state.value = share * 100;
      input.value = String(share * 100);
    }
  });
}
