import {html} from "htl";
import type {Part, Summary} from "../../lib/rules/drag.js";
import {formatCount, formatPercent, type UnitFormat} from "../format.js";
import {wilson} from "../../lib/stats/wilson.js";
import {SplitBars} from "./SplitBars.js";

export interface Results {
  element: HTMLElement;
  /** Everybody, by the measure: what shares are of. */
  setBase(base: Summary, measure: {label: string; unit: UnitFormat; buckets: number}): void;
  show(summary: Summary): void;
  setState(state: "ready" | "waiting" | {error: string}): void;
}

/** The count, its share, the value, and who they are: updated in place, so that a drag costs little. */
export function Results({
  hasCategories,
  sample
}: {
  hasCategories: boolean;
  sample?: {rows: number; of: number};
}): Results {
  const count = html`<span class="number-value">–</span>`;
  const share = html`<span class="number-note"></span>`;
  const value = html`<span class="number-value">–</span>`;
  const valueNote = html`<span class="number-note"></span>`;
  const valueLabel = html`<span class="number-label">Value</span>`;
  const splits = html`<div class="splits"></div>`;
  const state = html`<p class="results-state muted" role="status"></p>`;
  const spoken = html`<p class="visually-hidden" aria-live="polite"></p>`;
  let base: Summary | undefined;
  let unit: UnitFormat;
  let shown: {show(summary: Summary): void}[] = [];
  let speaking: ReturnType<typeof setTimeout> | undefined;
  const element = html`<section class="results" aria-label="The segment, counted">
    <div class="results-numbers">
      <div class="number"><span class="number-label">Customers</span>${count}${share}</div>
      <div class="number">${valueLabel}${value}${valueNote}</div>
    </div>
    ${state}${spoken}${splits}
  </section>`;
  /** Of a hash sample: scaled up, with Wilson's interval; the splits show the sample itself. */
  function showEstimate(summary: Summary) {
    const {rows: n, of} = sample!;
    const {lower, upper} = wilson(summary.profiles, n);
    const scaled = (share: number) => formatCount(Math.round(share * of));
    count.textContent = `≈ ${scaled(summary.profiles / n)}`;
    share.textContent = `${scaled(lower)} to ${scaled(upper)} of ${formatCount(of)} (95 %, Wilson), from a hash sample of ${formatCount(n)}`;
    value.textContent = `≈ ${unit.short((summary.value * of) / n)}`;
    valueNote.textContent = `${formatPercent(ratio(summary.value, base!.value), 2)} of the sample's`;
    for (const part of shown) part.show(summary);
  }

  return {
    element,
    setBase(next, measure) {
      base = next;
      unit = measure.unit;
      valueLabel.textContent = measure.label;
      const deciles = SplitBars(
        "By decile",
        new Map(decileNames(next, measure.buckets).map(([name, key]) => [name, next.deciles.get(key)?.profiles ?? 0]))
      );
      shown = [{show: ({deciles: parts}) => deciles.show(named(parts))}];
      const nodes = [deciles.element];
      if (hasCategories) {
        const names = [...next.categories].sort(([, a], [, b]) => b.profiles - a.profiles).slice(0, 12);
        const bars = SplitBars("By category", new Map(names.map(([name, {profiles}]) => [label(name), profiles])));
        shown.push({
          show: ({categories}) => bars.show(new Map([...categories].map(([name, part]) => [label(name), part])))
        });
        nodes.push(bars.element);
      }
      splits.replaceChildren(...nodes);
    },
    show(summary) {
      if (sample && base) return showEstimate(summary);
      count.textContent = formatCount(summary.profiles);
      value.textContent = unit.short(summary.value);
      if (base) {
        share.textContent = `${formatPercent(ratio(summary.profiles, base.profiles), 2)} of ${formatCount(base.profiles)}`;
        valueNote.textContent = `${formatPercent(ratio(summary.value, base.value), 2)} of all`;
      }
      for (const part of shown) part.show(summary);
      clearTimeout(speaking);
      speaking = setTimeout(() => (spoken.textContent = `${formatCount(summary.profiles)} customers`), 700);
    },
    setState(next) {
      element.classList.toggle("is-waiting", next === "waiting");
      state.textContent = typeof next === "object" ? `✕ ${next.error}` : "";
      state.classList.toggle("bad", typeof next === "object");
    }
  };
}

function decileNames(base: Summary, buckets: number): [string, number | null][] {
  const ranked = Array.from({length: buckets}, (_, i): [string, number] => [String(i + 1), i + 1]);
  return base.deciles.has(null) ? [...ranked, ["inactive", null]] : ranked;
}

function named(parts: Map<number | null, Part>): Map<string, Part> {
  return new Map([...parts].map(([decile, part]) => [decile === null ? "inactive" : String(decile), part]));
}

function label(category: string): string {
  return category === "(none)" ? "none" : category;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
