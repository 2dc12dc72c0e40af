import {html} from "htl";
import {saysSomething, checkRule} from "../../lib/rules/check.js";
import type {CountOptions, Measure} from "../../lib/rules/count.js";
import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import {catalogue} from "../../lib/rules/field.js";
import {childrenOf, containerKind, type Condition, type Rule} from "../../lib/rules/rule.js";
import type {DragCounts, Summary} from "../../lib/rules/drag.js";
import type {Meta} from "../catalog.js";
import {Empty} from "../Empty.js";
import {formatCount, unitFormat} from "../format.js";
import {addressOf, readAddress, syncAddress} from "./address.js";
import {Examples} from "./Examples.js";
import {offeredFields, profileFields, type FieldRow} from "./fields.js";
import {liveCounts} from "./live.js";
import {MeasurePicker} from "./MeasurePicker.js";
import {Results} from "./Results.js";
import {RuleTree} from "./RuleTree.js";
import {SegmentStore} from "./store.js";
import {Wording} from "./Wording.js";

export interface SegmentsOptions {
  fields: readonly FieldRow[];
  /** Undefined where nothing has been published. */
  meta: Meta | undefined;
  /** What customers are valued by unless the address says otherwise. */
  measure: Measure;
  /** `audience_splits.arrow`: everybody as of the last refresh, shown until the database has loaded. */
  splits: readonly SplitRow[];
  /** `files.arrow`: says whether the published profiles are a sample. */
  files: readonly FileRow[];
}

export interface SplitRow {
  audience_id: string | null;
  dimension: string;
  part: string | null;
  profiles: number;
  value: number;
}

export interface FileRow {
  name: string;
  rows: number;
  of: number;
}

/** The segment builder: a rule on one side, who is in on the other. Undefined rows mean that none were published. */
export function Segments({
  fields: rows,
  meta,
  measure: fallback,
  splits,
  files
}: SegmentsOptions): HTMLElement & {open(rule: Rule): void} {
  const fields = profileFields(rows);
  if (!meta) return Object.assign(Empty("Nothing has been published yet."), {open() {}});
  if (fields.length === 0) {
    const empty = Empty(
      "This site publishes aggregates only: no customer-level rows, so rules cannot be counted here.",
      "Saved audiences are counted at every refresh and stand below. To count live, publish with mode: rows."
    );
    return Object.assign(empty, {open() {}});
  }
  const {currency} = meta;
  const known = catalogue(fields);
  const isMeasure = (measure: Measure) => known.find({...measure}) !== undefined;
  const asked = readAddress(fallback, isMeasure);
  const store = new SegmentStore(asked.rule ?? {all: []}, asked.measure);
  if (!containerKind(store.rule)) store.rule = {all: [store.rule]};
  const live = liveCounts();
  const context = {asOf: meta.as_of, timeZone: meta.time_zone};
  const options = (): CountOptions => ({
    ...context,
    fields: known,
    table: "segments.segments.profiles",
    measure: store.measure
  });
  const everybody = everybodyOf(splits);
  const sample = files.find(({name, rows, of}) => name === "segments.duckdb" && rows < of);
  const hasCategories = [...everybody.categories.keys()].some((name) => name !== "(none)");
  const results = Results({hasCategories, ...(sample && {sample})});
  const wording = Wording(currency);
  const examples = Examples();
  const problems = html`<ul class="problems"></ul>`;
  const undo = html`<button type="button" class="quiet" onclick=${() => store.undo()}>
    ↶ Undo
  </button>` as HTMLButtonElement;
  const redo = html`<button type="button" class="quiet" onclick=${() => store.redo()}>
    ↷ Redo
  </button>` as HTMLButtonElement;
  const clear = html`<button type="button" class="quiet" onclick=${() => store.edit({all: []})}>
    Clear
  </button>` as HTMLButtonElement;
  let held: {place: string; bins: string; rest: string; counts: DragCounts} | undefined;
  let baseMeasure = "";
  let later: ReturnType<typeof setTimeout> | undefined;

  const grab = async (place: Place, bins: Parameters<typeof live.drag>[2]) => {
    const rule = store.rule;
    if (!isSound(rule)) return undefined;
    const [key, shape, rest] = [place.join("."), JSON.stringify(bins), restOf(place)];
    if (held?.place === key && held.bins === shape && held.rest === rest) return held.counts;
    const counts = await answer(() => live.drag(rule, nodeAt(rule, place) as Condition, bins, options()));
    if (!counts || restOf(place) !== rest) return undefined;
    held = {place: key, bins: shape, rest, counts};
    return counts;
  };
  /** Everything but the dragged condition's operand: while it stays, the drag's counts hold. */
  const restOf = (place: Place) => JSON.stringify([replaceAt(store.rule, place, {all: []}), store.measure]);
  const tree = RuleTree(store, {fields: offeredFields(fields), known, grab});

  async function answer<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await ask();
      results.setState("ready");
      return result;
    } catch (error) {
      results.setState({error: (error as Error).message});
      return undefined;
    }
  }

  function isSound(rule: Rule): boolean {
    const findings = checkRule(rule, known, context).filter(({severity}) => severity === "error");
    problems.replaceChildren(...findings.map(({message}) => html`<li class="bad">✕ ${message}</li>`));
    return findings.length === 0;
  }

  /** The counts of a drag, if it is of this condition and its bins tell. */
  function fromHeld(place: Place | undefined): Summary | undefined {
    if (!held || held.place !== place?.join(".")) return undefined;
    return held.counts.summary(nodeAt(store.rule, place) as Condition);
  }

  async function count(place?: Place) {
    if (!isSound(store.rule)) return;
    wording.show(store.rule, options(), addressOf(store, fallback));
    const instant = fromHeld(place);
    if (instant) return results.show(instant);
    results.setState("waiting");
    await ensureBase();
    const rule = store.rule;
    const summary = await answer(() => live.summary(rule, options()));
    if (summary && rule === store.rule) results.show(summary);
  }

  async function ensureBase() {
    const key = `${store.measure.metric} ${store.measure.lookback}`;
    if (key === baseMeasure) return;
    const base = await answer(() => live.summary({all: []}, options()));
    if (base && key === `${store.measure.metric} ${store.measure.lookback}`) setBase(base);
  }

  function setBase(base: Summary) {
    baseMeasure = `${store.measure.metric} ${store.measure.lookback}`;
    const {label, unit} = known.find({...store.measure})!;
    const {buckets = 10} = known.find({decile: store.measure.metric, lookback: store.measure.lookback}) ?? {};
    const over = store.measure.lookback === "lifetime" ? "lifetime" : store.measure.lookback;
    results.setBase(base, {label: `${label}, ${over}`, unit: unitFormat(unit, currency), buckets});
  }

  /** What may come a moment after the count: funnel and examples. */
  async function detail() {
    const rule = store.rule;
    if (!isSound(rule)) return;
    const counts = await answer(() => live.funnel(rule, options()));
    if (counts && rule === store.rule) showFunnel(tree, rule, counts);
    const rows = await answer(() => live.examples(rule, options()));
    if (rows && rule === store.rule) examples.show(rows, rule, options());
  }

  syncAddress(store, fallback, isMeasure);
  store.subscribe(({kind, place}) => {
    if (kind === "structure" || kind === "measure") held = undefined;
    else if (held && held.place !== place?.join(".")) held = undefined;
    undo.disabled = !store.canUndo;
    redo.disabled = !store.canRedo;
    clear.disabled = !saysSomething(store.rule);
    void count(place);
    clearTimeout(later);
    if (kind !== "drag") later = setTimeout(() => void detail(), 120);
  });
  undo.disabled = redo.disabled = true;
  clear.disabled = !saysSomething(store.rule);
  const element = html`<div class="segments" onkeydown=${shortcuts}>
    <div class="segments-bar">
      ${MeasurePicker(store, fields)}
      <div class="segments-history">${undo}${redo}${clear}</div>
    </div>
    <div class="segments-columns">
      <div class="segments-builder">${tree}${problems}${wording.element}</div>
      ${results.element}
    </div>
    ${examples.element}
  </div>`;

  function shortcuts(event: KeyboardEvent) {
    const isText = (event.target as Element).matches("input:not([type=checkbox], [type=range])");
    if (isText || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) store.redo();
    else store.undo();
  }

  const start = () => void count().then(detail);
  if (saysSomething(store.rule)) start();
  else {
    wording.show(store.rule, options(), "");
    if (!sample && JSON.stringify(store.measure) === JSON.stringify(fallback) && everybody.profiles > 0) {
      setBase(everybody);
      results.show(everybody);
    }
    // The database loads when somebody reaches for the builder.
    let isStarted = false;
    const once = () => {
      if (!isStarted) start();
      isStarted = true;
    };
    for (const type of ["pointerdown", "focusin"]) element.addEventListener(type, once, {once: true});
  }
  return Object.assign(element, {
    open(rule: Rule) {
      store.load(containerKind(rule) ? rule : {all: [rule]});
      element.scrollIntoView({behavior: "smooth", block: "start"});
    }
  });
}

/** Everybody by category and decile, as the last refresh counted them. */
function everybodyOf(splits: readonly SplitRow[]): Summary {
  const of = (name: string) => splits.filter((row) => row.audience_id === null && row.dimension === name);
  const part = ({profiles, value}: SplitRow) => ({profiles, value});
  const categories = of("category");
  return {
    profiles: categories.reduce((sum, row) => sum + row.profiles, 0),
    value: categories.reduce((sum, row) => sum + row.value, 0),
    categories: new Map(categories.map((row) => [row.part ?? "(none)", part(row)])),
    deciles: new Map(of("decile").map((row) => [row.part === null ? null : Number(row.part), part(row)]))
  };
}

function showFunnel(tree: HTMLElement, rule: Rule, counts: Record<string, number>) {
  const isChain = containerKind(rule) === "all";
  let i = 0;
  const visit = (node: Rule, place: Place) => {
    const alone = counts[`n${i++}`];
    const target = tree.querySelector<HTMLElement>(`[data-count="${place.join(".")}"]`);
    const left = isChain && place.length === 1 && place[0]! > 0 ? counts[`left${place[0]}`] : undefined;
    if (target) {
      target.textContent =
        left === undefined ? formatCount(alone) : `${formatCount(alone)} → ${formatCount(left)} left`;
      target.title =
        left === undefined ? "customers by this alone" : "customers by this alone, and left after it and those above";
    }
    childrenOf(node).forEach((child, j) => visit(child, [...place, j]));
  };
  visit(rule, []);
}
