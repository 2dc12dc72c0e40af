import {html} from "htl";

/** A labelled input of the wizard; `hint` stands below it. */
export function labelled(label: string, input: HTMLElement, hint?: string | Node): HTMLElement {
  return html`<label class="wizard-field"><span>${label}</span>${input}${hint ? html`<small>${hint}</small>` : null}</label>`; // prettier-ignore
}

export interface TextOptions {
  type?: "text" | "number" | "date";
  placeholder?: string;
  list?: string;
  label?: string;
  min?: number;
  max?: number;
  step?: number | "any";
}

/** A text input that tells of each change. */
export function text(
  value: string,
  take: (value: string) => void,
  {type = "text", placeholder, list, label, min, max, step}: TextOptions = {}
): HTMLInputElement {
  return html`<input
    type=${type}
    value=${value}
    placeholder=${placeholder ?? null}
    list=${list ?? null}
    aria-label=${label ?? null}
    min=${min ?? null}
    max=${max ?? null}
    step=${step ?? null}
    autocomplete="off"
    spellcheck="false"
    oninput=${(event: Event) => take((event.target as HTMLInputElement).value)}
  />` as HTMLInputElement;
}

export type Choice = readonly [value: string, label: string];

/** A choice of one of several. */
export function choice(
  options: readonly Choice[],
  value: string,
  take: (value: string) => void,
  label?: string
): HTMLSelectElement {
  return html`<select aria-label=${label ?? null} onchange=${(event: Event) => take((event.target as HTMLSelectElement).value)}>
    ${options.map(([name, shown]) => html`<option value=${name} selected=${name === value}>${shown}</option>`)}
  </select>` as HTMLSelectElement; // prettier-ignore
}
