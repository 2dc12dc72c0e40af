import {html} from "htl";
import {Select} from "./Select.js";

const days = ["day", "week", "month", "year"];
const clock = ["minute", "hour"];

/** A length of time: a number and a unit; minutes and hours only where instants are compared. */
export function SpanInput(
  label: string,
  span: string,
  take: (span: string) => void,
  {hasClock = false} = {}
): HTMLElement {
  const [count = "1", unit = "days"] = span.replace(/^[+-]/, "").split(" ");
  const known = unit.replace(/s$/, "");
  const units = [...(hasClock ? clock : []), ...days];
  const number = html`<input
    type="number"
    class="span-count"
    min="1"
    max="9999"
    step="1"
    aria-label=${`${label}: how many`}
    value=${count}
  />` as HTMLInputElement;
  const tell = () => {
    if (!number.validity.valid || number.value === "") return;
    take(`${number.value} ${select.value}${number.value === "1" ? "" : "s"}`);
  };
  number.addEventListener("input", tell);
  const listed = units.includes(known) ? units : [known, ...units];
  const select = Select(
    `${label}: unit`,
    listed.map((name) => [name, `${name}s`]),
    known,
    tell
  );
  return html`<span class="pair">${number}${select}</span>`;
}
