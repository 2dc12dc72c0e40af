import {html} from "htl";
import {formatCount, formatPercent, formatShort} from "../format.js";
import {fieldTitle, type ProfileField} from "./fields.js";
import {Spread} from "./Spread.js";

/**
 * Asks for a field in a dialog: a search box over a list, with type, share filled and spread of each. Arrow keys move,
 * Enter chooses, Escape leaves. Resolves to undefined where none was chosen.
 */
export function pickField(all: readonly ProfileField[]): Promise<ProfileField | undefined> {
  const fields = kinds.flatMap((kind) => all.filter((field) => field.kind === kind));
  return new Promise((resolve) => {
    let active = 0;
    let shown: ProfileField[] = [];
    let chosen: ProfileField | undefined;
    const list = html`<ul role="listbox" id="field-list" aria-label="Fields"></ul>`;
    const count = html`<p class="visually-hidden" role="status"></p>`;
    const input = html`<input
      type="search"
      role="combobox"
      aria-expanded="true"
      aria-controls="field-list"
      aria-autocomplete="list"
      aria-label="Search fields"
      placeholder="Search attributes, metrics, deciles …"
      autocomplete="off"
      oninput=${show}
      onkeydown=${key}
    />` as HTMLInputElement;
    const dialog = html`<dialog class="field-picker" aria-label="Choose a field" onclose=${close}>
      <div class="field-search">
        ${input}<button type="button" class="quiet" onclick=${() => dialog.close()}>Cancel</button>
      </div>
      ${count}${list}
    </dialog>` as HTMLDialogElement;

    function show() {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = fields.filter((field) => {
        const text = `${fieldTitle(field)} ${field.name} ${field.kind} ${field.description}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      active = 0;
      let kind = "";
      list.replaceChildren(
        ...shown.flatMap((field, i) => {
          const heading =
            field.kind === kind ? [] : [html`<li role="presentation" class="field-kind">${headings[field.kind]}</li>`];
          kind = field.kind;
          return [...heading, option(field, i)];
        })
      );
      if (shown.length === 0) list.append(html`<li role="presentation" class="muted">No field is called that.</li>`);
      count.textContent = `${shown.length} fields`;
      mark();
    }

    function option(field: ProfileField, i: number) {
      return html`<li role="option" id=${`field-option-${i}`} onclick=${() => choose(i)}>
        <span class="field-name">${fieldTitle(field)}</span>
        <span class="field-facts">${facts(field)}</span>
        ${Spread(field)}
      </li>`;
    }

    function mark() {
      for (const item of list.querySelectorAll("[role=option]")) {
        const is = item.id === `field-option-${active}`;
        item.setAttribute("aria-selected", String(is));
        if (is) item.scrollIntoView({block: "nearest"});
      }
      if (shown.length > 0) input.setAttribute("aria-activedescendant", `field-option-${active}`);
      else input.removeAttribute("aria-activedescendant");
    }

    function key(event: KeyboardEvent) {
      const steps: Record<string, number> = {ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8};
      const step = steps[event.key];
      if (step !== undefined) active = Math.max(0, Math.min(shown.length - 1, active + step));
      else if (event.key === "Enter") return (event.preventDefault(), choose(active));
      else return;
      event.preventDefault();
      mark();
    }

    function choose(i: number) {
      chosen = shown[i];
      if (chosen) dialog.close();
    }

    function close() {
      dialog.remove();
      resolve(chosen);
    }

    document.body.append(dialog);
    dialog.showModal();
    input.focus();
    show();
  });
}

const kinds = ["attribute", "metric", "decile"] as const;
const headings = {attribute: "Attributes", metric: "Metrics", decile: "Deciles", value: "Value", rfm: "RFM"};

function facts(field: ProfileField): string {
  const {type, shareFilled, distinct, top, quantiles} = field;
  const filled = shareFilled < 1 ? `${formatPercent(shareFilled, shareFilled > 0.99 ? 2 : 0)} filled` : "";
  if (field.kind === "decile") return [filled && `${formatPercent(shareFilled, 0)} active`].join("");
  const isDate = type === "date" || type === "timestamp";
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const spread = isDate
    ? quantiles.length > 0 && `${day(quantiles[0]!)} to ${day(quantiles.at(-1)!)}`
    : quantiles.length > 0
      ? `median ${formatShort(quantiles[10])}`
      : distinct <= 3
        ? top.map(({value}) => value).join(", ")
        : `${formatCount(distinct)} values`;
  return [type === "string" ? "text" : type, filled, spread].filter(Boolean).join(" · ");
}
