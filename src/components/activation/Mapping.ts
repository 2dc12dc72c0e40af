import {html} from "htl";
import {text} from "./controls.js";
import type {Field} from "./kinds.js";

/** The fields that leave, a row each, to be changed, added and taken away; tells of every change. */
export function Mapping(
  fields: readonly Field[],
  list: string,
  changed: (fields: readonly Field[]) => void
): HTMLElement {
  let now: Field[] = [...fields];
  const body = html`<tbody></tbody>`;
  const set = (i: number, part: Partial<Field>) => {
    now = now.map((field, j) => (j === i ? {...field, ...part} : field));
    changed(now);
  };
  const replace = (next: Field[], focus: number) => {
    now = next;
    show();
    changed(now);
    const rows = body.querySelectorAll("tr");
    (rows[Math.min(focus, rows.length - 1)]?.querySelector("input") ?? add).focus();
  };
  const add = html`<button type="button" class="plain" onclick=${() => replace([...now, {name: "", from: "", required: false}], now.length)}>
    Add a field
  </button>` as HTMLButtonElement; // prettier-ignore
  const row = ({name, from, required}: Field, i: number) => {
    const of = `field ${i + 1}`;
    const must = html`<input
      type="checkbox"
      aria-label=${`Required, ${of}`}
      checked=${required}
      onchange=${(event: Event) => set(i, {required: (event.target as HTMLInputElement).checked})}
    />`;
    return html`<tr>
      <td>${text(name, (value) => set(i, {name: value}), {label: `Name there, ${of}`})}</td>
      <td>${text(from, (value) => set(i, {from: value}), {label: `Comes from, ${of}`, list})}</td>
      <td>${must}</td>
      <td>
        <button type="button" class="plain" aria-label=${`Take away ${of}`} onclick=${() => replace(now.toSpliced(i, 1), i)}>×</button>
      </td>
    </tr>`; // prettier-ignore
  };
  function show() {
    body.replaceChildren(...now.map(row));
  }
  show();
  return html`<div class="wizard-mapping">
    <table>
      <thead>
        <tr><th scope="col">Name there</th><th scope="col">Comes from</th><th scope="col">Required</th><th><span class="visually-hidden">Take away</span></th></tr>
      </thead>
      ${body}
    </table>
    ${add}
  </div>`; // prettier-ignore
}
