import {html} from "htl";
import {checkRule} from "../../lib/rules/check.js";
import type {CountOptions, Measure} from "../../lib/rules/count.js";
import {nodeAt, type Place} from "../../lib/rules/edit.js";
import {catalogue} from "../../lib/rules/field.js";
import type {Finding} from "../../lib/rules/finding.js";
import {childrenOf, containerKind, saysSomething, type Rule} from "../../lib/rules/rule.js";
import type {Summary} from "../../lib/rules/tally.js";
import type {Meta} from "../catalog.js";
import {companion} from "../companion.js";
import {Empty} from "../Empty.js";
import {formatCount, formatDate, unitFormat} from "../format.js";
import {withParameter} from "../url.js";
import {drop, insert} from "./actions.js";
import {addressOf, readAddress, syncAddress} from "./address.js";
import {announcer} from "./announce.js";
import {headOf} from "./audienceFile.js";
import {BlockPanel} from "./BlockPanel.js";
import {audienceBlocks, eventBlocks, fieldBlocks} from "./blocks.js";
import type {Builder} from "./builder.js";
import {counter} from "./counter.js";
import {dragging} from "./dragging.js";
import {events, type EventRow} from "./events.js";
import {Examples} from "./Examples.js";
import {offeredFields, profileFields, reachColumns, reachField, type FieldRow} from "./fields.js";
import {Funnel} from "./funnel.js";
import {groupTitle} from "./labels.js";
import {liveCounts} from "./live.js";
import {MeasurePicker} from "./MeasurePicker.js";
import {nodeTitle} from "./nodeTitle.js";
import {Overlap} from "./Overlap.js";
import {Problems} from "./Problems.js";
import {Reach} from "./Reach.js";
import {Results} from "./Results.js";
import {drawTree} from "./RuleTree.js";
import type {AudienceRow} from "./SavedAudiences.js";
import {openSaveDialog, type SavedAudience} from "./SaveDialog.js";
import {SegmentStore} from "./store.js";
import {isUnpublished} from "./unpublished.js";
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
  /** `segments_events.arrow`: the events that rules may name. */
  events: readonly EventRow[];
  /** `audiences.arrow`: what can be opened. */
  audiences: readonly AudienceRow[];
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

export type SegmentsElement = HTMLElement & {open(audience: AudienceRow): void};

/** The segment builder: blocks on one side, the rule on the other, the count above, what it says and who is in below. */
export function Segments(options: SegmentsOptions): SegmentsElement {
  const {fields: rows, meta, audiences} = options;
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
  const happened = events(options.events, audiences);
  const channels = reachColumns(rows);
  const known = catalogue([...fields, ...channels.map(reachField)], happened.surroundings);
  const isMeasure = (measure: Measure) => known.find({...measure}) !== undefined;
  const asked = readAddress(options.measure, isMeasure);
  const linked = linkedAudience(audiences);
  const store = new SegmentStore(
    rooted(asked.rule ?? (linked ? (JSON.parse(linked.rule!) as Rule) : {all: []})),
    asked.measure
  );
  const context = {asOf: meta.as_of, timeZone: meta.time_zone};
  const countOptions = (): CountOptions => ({
    ...context,
    fields: known,
    table: "segments.segments.profiles",
    measure: store.measure
  });
  const everybody = everybodyOf(options.splits);
  const sample = options.files.find(({name, rows, of}) => name === "segments.duckdb" && rows < of);
  const hasCategories = [...everybody.categories.keys()].some((name) => name !== "(none)");
  let baseProfiles = everybody.profiles;
  let profiles = everybody.profiles;
  let isSound = true;
  let opened: SavedAudience | undefined;

  const warehouse = {companion: companion(), needs: (rule: Rule) => isUnpublished(rule, known)};
  const canvas = html`<div class="canvas"></div>`;
  const announce = announcer();
  const results = Results({
    hasCategories,
    measure: MeasurePicker(store, fields),
    ...(sample && {sample: {...sample, asOf: formatDate(meta.as_of_date)}})
  });
  const wording = Wording(currency);
  const examples = Examples();
  const reach = Reach(channels);
  const overlap = Overlap(audiences, (rule) => isCountable(rule));
  const who = html`<section class="who" aria-label="Who is in">
    <h2>Who is in</h2>
    ${results.splits}
    <div class="splits">${reach.element}${overlap.element}</div>
  </section>`;
  const problems = Problems(canvas);
  const funnel = new Funnel(canvas, () => baseProfiles);
  const counts = counter(store, liveCounts(), countOptions, warehouse, {
    findings(findings: Finding[]) {
      isSound = !findings.some(({severity}) => severity === "error");
      // That nothing has been said yet goes without saying.
      problems.show(
        findings.filter(({severity, path}) => severity === "error" || path.length > 0 || saysSomething(store.rule))
      );
    },
    base(base) {
      baseProfiles = base.profiles;
      const {unit} = known.find({...store.measure})!;
      const {buckets = 10} = known.find({decile: store.measure.metric, lookback: store.measure.lookback}) ?? {};
      results.setBase(base, {unit: unitFormat(unit, currency), buckets});
    },
    summary(summary, isExact) {
      ({profiles} = summary);
      who.hidden = false;
      results.show(summary, isExact);
    },
    funnel: (rule, found) => funnel.take(rule, found),
    beside: (rule) => [...reach.rules(rule), ...overlap.rules(rule)],
    counted(rule, found) {
      const n = reach.rules(rule).length;
      reach.show(found.slice(0, n), profiles);
      overlap.show(found.slice(n), profiles);
    },
    examples: (rule, found) => examples.show(found, rule, countOptions()),
    state: (state) => results.setState(state),
    leftToWarehouse() {
      for (const part of [reach, overlap, examples]) part.element.hidden = true;
    },
    uncounted() {
      who.hidden = true;
      results.uncounted();
    }
  });
  const builder: Builder = {
    store,
    known,
    fields,
    events: happened,
    asOf: meta.as_of,
    say: announce.say,
    insert: (place, node, rule) => insert(builder, place, node, rule),
    title: (node) => nodeTitle(node, known),
    grab: counts.grab,
    dragging: dragging(canvas, (cargo, target) => drop(builder, cargo, target)),
    refresh: () => funnel.show(store.rule),
    ask(place) {
      asking = place;
      panel.ask(`Adds to ${groupTitle(nodeAt(store.rule, place)!)}`);
    }
  };
  let asking: Place = [];
  const panel = BlockPanel({
    blocks: [
      ...fieldBlocks(offeredFields(fields)),
      ...eventBlocks(happened, known, everybody.profiles),
      ...audienceBlocks(audiences)
    ],
    dragging: builder.dragging,
    add(block) {
      const target = nodeAt(store.rule, asking);
      const place = target && containerKind(target) ? asking : [];
      panel.close();
      builder.insert([...place, childrenOf(nodeAt(store.rule, place)!).length], block.make());
    },
    leave() {
      panel.close();
      canvas.querySelector<HTMLElement>(`[data-focus="${asking.join(".")}:add"]`)?.focus();
    }
  });

  const history = {
    undo: button("↶ Undo", "Ctrl+Z", () => travel("undo")),
    redo: button("↷ Redo", "Ctrl+Shift+Z", () => travel("redo")),
    clear: button("Clear", undefined, () => {
      setOpened(undefined);
      store.edit({all: []}, ":add");
      announce.say("Cleared: everybody is in");
    }),
    save: html`<button type="button" class="primary" onclick=${save}>Save …</button>` as HTMLButtonElement
  };

  /** Says that the rule as it stands was saved; `announce` reads it out. */
  const saved = html`<span class="saved-note" aria-hidden="true"></span>`;

  /** Whether the published site can count a rule, and the rule is sound. */
  function isCountable(rule: Rule): boolean {
    const errors = checkRule(rule, known, context).filter(({severity}) => severity === "error");
    return errors.length === 0 && !isUnpublished(rule, known);
  }

  function setOpened(audience: SavedAudience | undefined) {
    opened = audience;
    wording.setHead(audience ?? {name: "A new audience"});
    globalThis.history.replaceState(
      globalThis.history.state,
      "",
      location.pathname + withParameter(location.search, "audience", audience?.id ?? "", "") + location.hash
    );
  }

  function travel(way: "undo" | "redo") {
    store[way]();
    announce.say(way === "undo" ? "Undone" : "Redone");
  }

  function save() {
    openSaveDialog({
      rule: store.rule,
      taken: new Map(audiences.map(({audience_id, name}) => [audience_id, name])),
      opened,
      companion: warehouse.companion,
      saved(audience, how) {
        setOpened(audience);
        const text = how === "downloaded" ? `${audience.id}.yaml downloaded` : `${audience.name} saved`;
        announce.say(text);
        saved.textContent = `✓ ${text}`;
      }
    });
  }

  function refresh() {
    history.undo.disabled = !store.canUndo;
    history.redo.disabled = !store.canRedo;
    history.clear.disabled = history.save.disabled = !saysSomething(store.rule);
    wording.show(store.rule, countOptions(), addressOf(store, options.measure), isSound);
  }

  if (linked) {
    opened = {id: linked.audience_id, ...headOf(linked)};
    wording.setHead(opened);
    if (!asked.rule) results.setSaved({name: linked.name, profiles: linked.profiles});
  }
  drawTree(canvas, builder);
  syncAddress(store, options.measure, isMeasure);
  store.subscribe(({kind}) => {
    if (kind === "structure" || kind === "value") results.setSaved(undefined);
    saved.textContent = "";
    refresh();
    if (kind === "structure") funnel.show(store.rule);
  });
  counts.check();
  refresh();
  panel.setTarget(`Adds to ${groupTitle(store.rule)}`);
  const element = html`<div class="segments" onkeydown=${shortcuts}>
    <div class="segments-bar">
      ${results.element}
      <div class="segments-history">${history.undo}${history.redo}${history.clear}${history.save}${saved}</div>
    </div>
    <p class="visually-hidden" id="grip-help">
      Arrow up and down move, arrow left moves out of the group, arrow right into one, Delete deletes.
    </p>
    ${announce.element}
    <div class="segments-columns">
      ${panel.element}
      <div class="segments-builder">${canvas}${problems.element}</div>
    </div>
    ${wording.element} ${who} ${examples.element}
  </div>`;

  function shortcuts(event: KeyboardEvent) {
    const isText = (event.target as Element).matches(
      "input:not([type=checkbox], [type=range], [type=radio]), textarea"
    );
    if (isText || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    travel(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  if (saysSomething(store.rule)) counts.start();
  else {
    if (!sample && JSON.stringify(store.measure) === JSON.stringify(options.measure) && everybody.profiles > 0) {
      counts.setBase(everybody);
      results.show(everybody);
    }
    // The database loads when somebody reaches for the builder.
    let isStarted = false;
    const once = () => {
      if (!isStarted) counts.start();
      isStarted = true;
    };
    for (const type of ["pointerdown", "focusin"]) element.addEventListener(type, once, {once: true});
  }
  return Object.assign(element, {
    open(audience: AudienceRow) {
      const {name, rule, profiles: exact} = audience;
      if (!rule) return;
      setOpened({id: audience.audience_id, ...headOf(audience)});
      store.load(rooted(JSON.parse(rule) as Rule));
      results.setSaved({name, profiles: exact});
      announce.say(`${name} opened: ${formatCount(childrenOf(store.rule).length)} conditions`);
      element.scrollIntoView({behavior: "smooth", block: "start"});
    }
  });
}

function button(text: string, keys: string | undefined, act: () => void): HTMLButtonElement {
  return html`<button type="button" class="quiet" title=${keys ?? null} onclick=${act}>
    ${text}
  </button>` as HTMLButtonElement;
}

/** The audience that the address opens: `?audience=gold`. */
function linkedAudience(audiences: readonly AudienceRow[]): AudienceRow | undefined {
  const id = new URLSearchParams(location.search).get("audience");
  return audiences.find(({audience_id, rule}) => audience_id === id && rule !== null);
}

/** The builder's rule is a container, so that there is something to add to. */
function rooted(rule: Rule): Rule {
  return containerKind(rule) ? rule : {all: [rule]};
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
