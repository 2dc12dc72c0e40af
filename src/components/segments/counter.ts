import {checkRule} from "../../lib/rules/check.js";
import type {CountOptions} from "../../lib/rules/count.js";
import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import type {Finding} from "../../lib/rules/finding.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Condition} from "../../lib/rules/subject.js";
import type {Part, Summary} from "../../lib/rules/tally.js";
import type {Companion, WarehouseCount} from "../companion.js";
import type {LiveCounts} from "./live.js";
import type {SegmentStore} from "./store.js";

/** Those who show what has been counted. */
export interface CounterViews {
  findings(findings: Finding[]): void;
  /** Everybody, by the present measure. */
  base(summary: Summary): void;
  /** `isExact`: the warehouse counted, so that a sample of published profiles need not be scaled up. */
  summary(summary: Summary, isExact: boolean): void;
  funnel(rule: Rule, counts: Record<string, number>): void;
  /** The rules that are counted beside the rule: who of it can be reached, and is in other audiences. */
  beside(rule: Rule): Rule[];
  counted(rule: Rule, counts: number[]): void;
  examples(rule: Rule, rows: Record<string, unknown>[]): void;
  state(state: "ready" | "waiting" | {error: string}): void;
  /** The warehouse alone can count the rule, and it does not say who is reached, who is in other audiences, and who. */
  leftToWarehouse(): void;
  /** There is no warehouse at hand, either. */
  uncounted(): void;
}

/** Counts what the published site cannot: the warehouse behind a preview. */
export interface Warehouse {
  needs(rule: Rule): boolean;
  companion: Companion | undefined;
}

export interface Counter {
  /** Says what is wrong with the rule, without counting it. */
  check(): void;
  /** Counts the rule as it stands, and a moment later its parts. */
  start(): void;
  grab(place: Place, bins: Bins): Promise<DragCounts | undefined>;
  /** Takes these as the counts of everybody. */
  setBase(summary: Summary): void;
}

/** Counts the store's rule whenever it changes: a drag from the counts of all its values, the rest by queries. */
export function counter(
  store: SegmentStore,
  live: LiveCounts,
  options: () => CountOptions,
  warehouse: Warehouse,
  views: CounterViews
): Counter {
  let held: {place: string; bins: string; rest: string; counts: DragCounts} | undefined;
  let baseKey = "";
  let later: ReturnType<typeof setTimeout> | undefined;
  /** Everything but the dragged condition's operand: while it stays, the drag's counts hold. */
  const restOf = (place: Place) => JSON.stringify([replaceAt(store.rule, place, {all: []}), store.measure]);
  const measureKey = (by: "page" | "warehouse") => `${store.measure.metric} ${store.measure.lookback} ${by}`;

  async function grab(place: Place, bins: Bins) {
    const {rule} = store;
    if (!isSound(rule) || warehouse.needs(rule)) return undefined;
    const [key, shape, rest] = [place.join("."), JSON.stringify(bins), restOf(place)];
    if (held?.place === key && held.bins === shape && held.rest === rest) return held.counts;
    const counts = await answer(() => live.drag(rule, nodeAt(rule, place) as Condition, bins, options()));
    if (!counts || restOf(place) !== rest) return undefined;
    held = {place: key, bins: shape, rest, counts};
    return counts;
  }

  async function answer<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      views.state({error: (error as Error).message});
      return undefined;
    }
  }

  function isSound(rule: Rule): boolean {
    const findings = checkRule(rule, options().fields, options());
    views.findings(findings);
    return !findings.some(({severity}) => severity === "error");
  }

  /** The counts of a drag, if it is of this condition and its bins tell. */
  function fromHeld(place: Place | undefined): Summary | undefined {
    if (!held || held.place !== place?.join(".")) return undefined;
    return held.counts.summary(nodeAt(store.rule, place) as Condition);
  }

  async function count(place?: Place) {
    if (!isSound(store.rule)) return views.state({error: "Not counted: see what is wrong with the rule."});
    const instant = fromHeld(place);
    if (instant) return show(instant);
    if (warehouse.needs(store.rule)) return countInWarehouse();
    views.state("waiting");
    await ensureBase("page", () => live.summary({all: []}, options()));
    const {rule} = store;
    const summary = await answer(() => live.summary(rule, options()));
    if (!summary || rule !== store.rule) return;
    show(summary);
    void answer(() => live.prepare(rule, options()));
  }

  /** Only the count itself ends the waiting for it: the details of an older rule may still come in. */
  function show(summary: Summary, isExact = false) {
    views.state("ready");
    views.summary(summary, isExact);
  }

  async function countInWarehouse() {
    const {rule, measure} = store;
    views.leftToWarehouse();
    const {companion} = warehouse;
    if (!companion) return views.uncounted();
    views.state("waiting");
    const count = async (rule: Rule) => answer(() => companion.count(rule, measure));
    // What shares are of, counted in the same place: the published profiles may be a sample.
    const hasBase = await ensureBase("warehouse", async () => {
      const everybody = await count({all: []});
      return everybody && summaryOfParts(everybody.splits);
    });
    const found = hasBase && rule === store.rule ? await count(rule) : undefined;
    if (!found || rule !== store.rule) return;
    show(summaryOfParts(found.splits), true);
    views.funnel(rule, found.funnel);
  }

  /** Whether the counts of everybody by the present measure are shown, asked for where they are not. */
  async function ensureBase(by: "page" | "warehouse", ask: () => Promise<Summary | undefined>): Promise<boolean> {
    const key = measureKey(by);
    if (key === baseKey) return true;
    const base = await answer(ask);
    if (!base || key !== measureKey(by)) return false;
    setBase(base, by);
    return true;
  }

  function setBase(base: Summary, by: "page" | "warehouse" = "page") {
    baseKey = measureKey(by);
    views.base(base);
  }

  /** What may come a moment after the count: funnel and examples. Of what is not published only the rest is counted. */
  async function detail() {
    const {rule} = store;
    if (!isSound(rule) || (warehouse.needs(rule) && warehouse.companion)) return;
    const counts = await answer(() => live.funnel(rule, options(), (node) => !warehouse.needs(node)));
    if (counts && rule === store.rule) views.funnel(rule, counts);
    if (warehouse.needs(rule)) return;
    const beside = views.beside(rule);
    const counted = beside.length > 0 ? await answer(() => live.counts(beside, options())) : [];
    if (counted && rule === store.rule) views.counted(rule, counted);
    const rows = await answer(() => live.examples(rule, options()));
    if (rows && rule === store.rule) views.examples(rule, rows);
  }

  store.subscribe(({kind, place}) => {
    if (kind === "structure" || kind === "measure") held = undefined;
    else if (held && held.place !== place?.join(".")) held = undefined;
    void count(place);
    clearTimeout(later);
    if (kind !== "drag") later = setTimeout(() => void detail(), 120);
  });
  return {grab, setBase, check: () => void isSound(store.rule), start: () => void count().then(detail)};
}

function summaryOfParts(splits: WarehouseCount["splits"]): Summary {
  const summary: Summary = {profiles: 0, value: 0, categories: new Map(), deciles: new Map()};
  const add = (sum: Part, {profiles, value}: Part) => {
    sum.profiles += profiles;
    sum.value += value;
  };
  const addTo = <K>(parts: Map<K, Part>, key: K, part: Part) => {
    if (!parts.has(key)) parts.set(key, {profiles: 0, value: 0});
    add(parts.get(key)!, part);
  };
  for (const {category, decile, profiles, value} of splits) {
    const part = {profiles, value};
    add(summary, part);
    addTo(summary.categories, category, part);
    addTo(summary.deciles, decile, part);
  }
  return summary;
}
