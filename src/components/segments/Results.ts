import {html} from "htl";
import type {Part, Summary} from "../../lib/rules/tally.js";
import {wilson} from "../../lib/stats/wilson.js";
import {formatCount, formatPercent, type UnitFormat} from "../format.js";
import {tenfold} from "../tenfold.js";
import {SplitBars} from "./SplitBars.js";

export interface Results {
  /** The count and the value: stay in sight while the rule is edited. */
  element: HTMLElement;
  /** Who they are, by category and by decile. */
  splits: HTMLElement;
  /** Everybody, by the measure: what shares are of. */
  setBase(base: Summary, measure: {unit: UnitFormat; buckets: number}): void;
  /** `isExact`: counted over everybody, whatever is published. */
  show(summary: Summary, isExact?: boolean): void;
  setState(state: "ready" | "waiting" | {error: string}): void;
  /** Only the warehouse could count the rule: says how. */
  uncounted(): void;
  /** The exact count of the saved audience that is shown, beside an estimate. */
  setSaved(audience: {name: string; profiles: number} | undefined): void;
}

/** The count, its share, the value, and who they are: updated in place, so that a drag costs little. */
export function Results({
  hasCategories,
  sample,
  measure
}: {
  hasCategories: boolean;
  /** The published profiles are a sample of so many, drawn at this as-of. */
  sample?: {rows: number; of: number; asOf: string};
  /** Chooses what the segment is valued by. */
  measure: HTMLElement;
}): Results {
  const count = html`<data class="number-value">–</data>` as HTMLDataElement;
  const share = html`<span class="number-note"></span>`;
  const value = html`<data class="number-value">–</data>` as HTMLDataElement;
  const valueNote = html`<span class="number-note"></span>`;
  const bar = html`<i></i>`;
  const saved = html`<p class="results-state muted"></p>`;
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
      <div class="number"><span class="number-label">${measure}</span>${value}${valueNote}</div>
    </div>
    <div class="results-share" aria-hidden="true">${bar}</div>
    ${state}${saved}${spoken}
  </section>`;
  /** Of a hash sample: scaled up, with Wilson's interval; the splits show the sample itself. */
  function showEstimate(summary: Summary) {
    const {rows: n, of, asOf} = sample!;
    const {lower, upper} = wilson(summary.profiles, n);
    const scaled = (share: number) => formatCount(Math.round(share * of));
    count.textContent = `≈ ${scaled(summary.profiles / n)}`;
    share.textContent = `${scaled(lower)} to ${scaled(upper)} of ${formatCount(of)} (95%, Wilson), from a hash sample of ${formatCount(n)} as of ${asOf}`;
    value.textContent = `≈ ${unit.short((summary.value * of) / n)}`;
    valueNote.textContent = `${formatPercent(ratio(summary.value, base!.value), 2)} of the sample's`;
    for (const part of shown) part.show(summary);
  }

  return {
    element,
    splits,
    setBase(next, measure) {
      base = next;
      unit = measure.unit;
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
    show(summary, isExact = false) {
      // What is counted, in full, for whoever reads the page by a program.
      count.value = String(summary.profiles);
      value.value = String(summary.value);
      if (sample && base && !isExact) return showEstimate(summary);
      count.textContent = formatCount(summary.profiles);
      value.textContent = unit.short(summary.value);
      if (base) {
        share.textContent = `${formatPercent(ratio(summary.profiles, base.profiles), 2)} of ${formatCount(base.profiles)}`;
        valueNote.textContent = `${formatPercent(ratio(summary.value, base.value), 2)} of all`;
      }
      bar.style.width = `${100 * ratio(summary.profiles, base?.profiles ?? 0)}%`;
      for (const part of shown) part.show(summary);
      clearTimeout(speaking);
      speaking = setTimeout(() => (spoken.textContent = `${formatCount(summary.profiles)} customers`), 700);
    },
    setState(next) {
      element.classList.toggle("is-waiting", next === "waiting");
      state.textContent = typeof next === "object" ? `✕ ${next.error}` : "";
      state.classList.toggle("bad", typeof next === "object");
    },
    uncounted() {
      element.classList.remove("is-waiting");
      for (const number of [count, value]) {
        number.textContent = "–";
        number.removeAttribute("value");
      }
      for (const note of [share, valueNote]) note.textContent = "";
      bar.style.width = "0";
      state.classList.remove("bad");
      state.replaceChildren(
        html.fragment`The rule names what is not published, so it is not counted here. Save it, and
          <code>${tenfold("audience preview FILE")}</code> counts it exactly; in a preview the page does.`
      );
    },
    setSaved(audience) {
      saved.textContent =
        sample && audience
          ? `${audience.name} as saved: exactly ${formatCount(audience.profiles)} customers at the last refresh.`
          : "";
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
