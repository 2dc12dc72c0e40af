import {html} from "htl";
import type {Companion} from "../companion.js";
import {Empty} from "../Empty.js";
import {formatCount, formatList, plural} from "../format.js";
import type {DestinationRow, StandingRow} from "./activation.js";
import {healthOf, kindName, type Remark} from "./words.js";

export interface DestinationsOptions {
  timeZone: string;
  /** Looks whether a destination is there; undefined on a built site. */
  companion: Companion | undefined;
}

/** The destinations with their health: what goes there, how the last delivery ended, who waits for what. */
export function Destinations(
  destinations: readonly DestinationRow[],
  standing: readonly StandingRow[],
  {timeZone, companion}: DestinationsOptions
): HTMLElement {
  if (destinations.length === 0) {
    return Empty(
      "No destinations: nothing can be sent yet.",
      html`One is a file of a few lines in <code>destinations/</code> of the workspace. The form below writes it, or see
        <a href="./docs/destinations.html">how to define one</a>.`
    );
  }
  return html`<ul class="destinations">
    ${destinations.map((destination) => {
      const own = standing.filter((row) => row.destination_id === destination.destination_id);
      return card(destination, own, timeZone, companion);
    })}
  </ul>`;
}

function card(
  destination: DestinationRow,
  standing: readonly StandingRow[],
  timeZone: string,
  companion: Companion | undefined
): HTMLElement {
  const {destination_id: id, name, description, kind} = destination;
  const there = standing.filter(({state}) => state === "there").reduce((sum, {profiles}) => sum + profiles, 0);
  return html`<li>
    <h3>${name}</h3>
    <p class="destination-kind">${kindName(kind)}${there > 0 ? ` · ${plural(there, "person", "people")} there` : ""}</p>
    ${description ? html`<p class="destination-about">${description}</p>` : null}
    <ul class="health">
      ${healthOf(destination, standing, timeZone).map(remark)}
    </ul>
    <dl class="destination-rules">
      ${rulesOf(destination).map(
        ([term, text]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${text}</dd>
          </div>`
      )}
    </dl>
    ${companion ? check(companion, id, name) : null}
  </li>`;
}

const marks = {good: "✓", warn: "⚠", bad: "✕", muted: ""};

function remark({tone, text, command}: Remark): HTMLElement {
  return html`<li>
    <span class=${tone}>${`${marks[tone]} ${text}`.trim()}</span>
    ${command ? html`<code>${command}</code>` : null}
  </li>`;
}

function rulesOf(one: DestinationRow): [string, string][] {
  const rules: [string, string][] = [
    ["Leaves", one.fields],
    ["Mode", one.mode === "full" ? "everybody each time" : `what changed${one.is_updating ? ", updates too" : ""}`],
    ["Only with", one.has_consent ? "consent" : "no condition of consent"]
  ];
  if (one.cap_sends !== null) {
    rules.push(["At most", `${plural(one.cap_sends, "campaign send")} in ${plural(one.cap_days!, "day")} a person`]);
  }
  if (one.quiet_days) rules.push(["Never on", formatList(one.quiet_days.split(", ").map(dayName), "or")]);
  if (one.deliveries > 0) rules.push(["Deliveries", formatCount(one.deliveries)]);
  return rules;
}

function check(companion: Companion, id: string, name: string): HTMLElement {
  const said = html`<span role="status"></span>`;
  const button = html`<button type="button" class="plain" onclick=${ask}>
    Check the connection<span class="visually-hidden">: ${name}</span>
  </button>` as HTMLButtonElement;
  async function ask() {
    button.disabled = true;
    said.className = "muted";
    said.textContent = "asking …";
    try {
      said.textContent = `✓ ${await companion.checkDestination(id)}`;
      said.className = "good";
    } catch (error) {
      said.textContent = `✕ ${(error as Error).message}`;
      said.className = "bad";
    } finally {
      button.disabled = false;
    }
  }
  return html`<p class="destination-check">${button} ${said}</p>`;
}

/** A weekday as it is written; a date stays. */
function dayName(day: string): string {
  return day.charAt(0).toUpperCase() + day.slice(1);
}
