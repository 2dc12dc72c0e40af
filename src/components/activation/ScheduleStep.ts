import {html} from "htl";
import {formatInstantIn, formatList} from "../format.js";
import {choice, labelled, text} from "./controls.js";
import type {Draft} from "./draft.js";
import {runsOf} from "./runs.js";

const presets = [
  ["", "When somebody runs it"],
  ["0 6 * * *", "Every day at 6:00"],
  ["0 6 * * 1", "Every Monday at 6:00"],
  ["0 6 1 * *", "On the first of each month at 6:00"],
  ["custom", "By cron of your own"]
] as const;

/** When it is sent: by hand, or by a schedule, with the next three runs; tells of every change. */
export function ScheduleStep(timeZone: string, changed: (when: Draft["when"]) => void): HTMLElement {
  let when = {schedule: "", until: "", catchUp: "once"};
  const cron = text("", (value) => set({schedule: value}), {placeholder: "0 6 * * 1"});
  const own = labelled("Cron: minute, hour, day, month, weekday", cron);
  const more = html`<div class="wizard-grid" hidden>
    ${labelled("Last day (optional)", text("", (value) => set({until: value}), {type: "date"}), "It runs on that day, too.")}
    ${labelled("After missed runs", choice([["once", "send once at once"], ["skip", "wait for the next"]], "once", (value) => set({catchUp: value})))}
  </div>`; // prettier-ignore
  const next = html`<p class="muted" role="status"></p>`;
  own.hidden = true;

  function set(part: Partial<typeof when>) {
    when = {...when, ...part};
    more.hidden = when.schedule === "" && own.hidden;
    next.textContent = when.schedule === "" ? "" : told();
    changed(when.schedule.trim() === "" ? undefined : when);
  }

  function told(): string {
    try {
      const until = when.until ? new Date(`${when.until}T00:00:00Z`) : null;
      const runs = runsOf({schedule: when.schedule, until}, timeZone, new Date(), 3);
      if (runs.length === 0) return "It never runs: the last day comes first.";
      return `Next: ${formatList(runs.map((run) => formatInstantIn(run, timeZone)))}. A refresh has to run then, or soon after.`; // prettier-ignore
    } catch (error) {
      return `Not a schedule: ${(error as Error).message.replace(/^\w+: /, "")}`;
    }
  }

  const preset = choice(presets, "", (value) => {
    own.hidden = value !== "custom";
    if (value !== "custom") cron.value = value;
    set({schedule: cron.value});
  });
  return html`<div>${labelled("Sent", preset)}${own}${more}${next}</div>`;
}
