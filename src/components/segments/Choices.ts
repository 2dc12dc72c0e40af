import {html} from "htl";
import {fieldFamily} from "../../lib/rules/field.js";
import type {Scalar} from "../../lib/rules/subject.js";
import {formatShort} from "../format.js";
import type {ControlEvents} from "./controlEvents.js";
import {fieldTitle, type ProfileField} from "./fields.js";

/** A list of checkboxes: the commonest values with how many have them, every decile, and a box for other values. */
export function Choices(field: ProfileField, operand: Scalar[], events: ControlEvents): HTMLElement {
  const family = fieldFamily(field);
  const counts = new Map<Scalar, number>(
    field.top.map(({value, profiles}) => [family === "text" ? value : Number(value), profiles])
  );
  const listed: Scalar[] =
    family === "decile"
      ? Array.from({length: field.buckets ?? 10}, (_, i) => i + 1)
      : family === "text"
        ? [...counts.keys()]
        : [];
  for (const value of operand) if (!listed.includes(value)) listed.push(value);
  const most = Math.max(1, ...counts.values());
  const isMany = family !== "decile" && listed.length > 8;
  const chosen = new Set(operand);
  const list = html`<div class=${`choices choices-${family}`}></div>`;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", `${fieldTitle(field)}: values`);
  const grab = () => {
    if (family === "text" || family === "decile") void events.grab({values: listed});
  };
  list.addEventListener("focusin", grab);
  list.addEventListener("pointerenter", grab);
  for (const value of listed) list.append(choice(value));

  function choice(value: Scalar) {
    const input = html`<input type="checkbox" checked=${chosen.has(value)} />` as HTMLInputElement;
    input.addEventListener("change", () => {
      if (input.checked) chosen.add(value);
      else chosen.delete(value);
      // At least one value is needed: the last one stays until another is chosen.
      if (chosen.size === 0) {
        chosen.add(value);
        input.checked = true;
        return;
      }
      events.input(listed.filter((v) => chosen.has(v)));
    });
    const share = ((counts.get(value) ?? 0) / most) * 100;
    const count =
      family === "text" && counts.has(value)
        ? html`<span class="choice-count">${formatShort(counts.get(value))}</span>`
        : null;
    return html`<label style=${`--share: ${share}%`}
      >${input}<span>${value === "" ? "(empty)" : String(value)}</span>${count}</label
    >`;
  }

  if (family === "decile") return list;
  const type = family === "date" ? "date" : family === "number" ? "number" : "text";
  const other = html`<input
    type=${type}
    aria-label=${`${fieldTitle(field)}: another value`}
    placeholder=${family === "text" ? "Another value; several with commas" : ""}
  />` as HTMLInputElement;
  if (type === "number") other.step = "any";
  const add = () => {
    const texts = family === "text" ? other.value.split(/[,\n\t]/).map((text) => text.trim()) : [other.value];
    for (const text of texts.filter(Boolean)) {
      const value = family === "number" ? Number(text) : text;
      if (listed.includes(value) && chosen.has(value)) continue;
      chosen.add(value);
      if (!listed.includes(value)) {
        listed.push(value);
        list.append(choice(value));
      } else list.children[listed.indexOf(value)]!.querySelector("input")!.checked = true;
    }
    other.value = "";
    events.input(listed.filter((v) => chosen.has(v)));
  };
  other.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || other.value === "") return;
    event.preventDefault();
    add();
  });
  const box = html`<span class="pair" hidden>
    ${other}<button type="button" class="quiet" onclick=${() => other.value && add()}>Add</button>
  </span>`;
  const reveal = html`<button type="button" class="quiet">Other value …</button>`;
  reveal.addEventListener("click", () => {
    reveal.hidden = true;
    box.hidden = false;
    other.focus();
  });
  if (listed.length === 0 || family !== "text") {
    reveal.hidden = true;
    box.hidden = false;
  }
  return html`<div class=${isMany ? "values choices-long" : "values"}>${list}${reveal}${box}</div>`;
}
