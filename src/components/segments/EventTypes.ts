import {html} from "htl";
import {eventTypes, type EventTypes as Types} from "../../lib/rules/event.js";
import type {Builder} from "./builder.js";
import {eventName} from "./eventNames.js";
import {Select} from "./Select.js";

/** The choice of one event type or several. */
export function EventTypes(builder: Builder, types: Types, focus: string, take: (types: Types, focus: string) => void) {
  const {known} = builder;
  const chosen = eventTypes(types);
  const names = ["*", ...(known.eventTypes ?? []).map(({name}) => name)];
  for (const type of chosen) if (!names.includes(type)) names.push(type);
  const put = (next: string[], at: string) => take(next.length === 1 ? next[0]! : next, at);
  const selects = chosen.map((type, i) => {
    const name = i === 0 ? focus : `${focus}-${i}`;
    const options = names
      .filter((option) => option === type || !chosen.includes(option))
      .map((option) => [option, eventName(option, known)] as const);
    const select = Select(
      i === 0 ? "Event type" : `Event type ${i + 1}`,
      options,
      type,
      (next) =>
        put(
          chosen.map((old, j) => (i === j ? next : old)),
          name
        ),
      name
    );
    select.classList.add("card-title");
    if (chosen.length === 1) return select;
    const without = chosen.filter((_, j) => j !== i);
    return html`<span class="event-type"
      >${i > 0 ? "or " : ""}${select}<button
        type="button"
        class="quiet drop"
        aria-label=${`Leave ${eventName(type, known)} out`}
        onclick=${() => put(without, focus)}
      >
        ×
      </button></span
    >`;
  });
  const other = names.find((name) => name !== "*" && !chosen.includes(name));
  const canAdd = other !== undefined && !chosen.includes("*");
  return html.fragment`${selects}${
    canAdd
      ? html`<button
          type="button"
          class="quiet or-type"
          aria-label="Or another event type"
          onclick=${() => put([...chosen, other], `${focus}-${chosen.length}`)}
        >
          or …
        </button>`
      : null
  }`;
}
