import {html} from "htl";

export type Option = readonly [value: string, text: string];

/** A select with a label that is read out; `focus` is the name by which it gets the focus back. */
export function Select(
  label: string,
  options: readonly (Option | {group: string; options: readonly Option[]})[],
  value: string,
  take: (value: string) => void,
  focus?: string
): HTMLSelectElement {
  const option = ([name, text]: Option) => html`<option value=${name} selected=${name === value}>${text}</option>`;
  const select = html`<select aria-label=${label} data-focus=${focus ?? null}>
    ${options.map((item) =>
      "group" in item ? html`<optgroup label=${item.group}>${item.options.map(option)}</optgroup>` : option(item)
    )}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () => take(select.value));
  return select;
}
