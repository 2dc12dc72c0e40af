import {replaceAt, type Place} from "../../lib/rules/edit.js";
import type {Measure} from "../../lib/rules/count.js";
import type {Rule} from "../../lib/rules/rule.js";

/** How an edit came about, for those who listen. */
export interface Change {
  /** `structure`: the tree must be drawn anew. `value`: one condition's operand. `drag`: the same, with more to come. */
  kind: "structure" | "value" | "drag" | "measure";
  /** The condition edited. */
  place?: Place;
  /** Where the focus goes in the new tree: a place, and a control in it. */
  focus?: string;
  /** Came from the address, back or forward, so that it is not written there again. */
  isFromAddress?: boolean;
}

/** The rule being built, its measure, and its past and future for undo and redo. */
export class SegmentStore {
  private past: Rule[] = [];
  private future: Rule[] = [];
  private coalescing: string | undefined;
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(
    public rule: Rule,
    public measure: Measure
  ) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Replaces the rule: one step of undo. */
  edit(rule: Rule, focus?: string) {
    this.remember(undefined);
    this.rule = rule;
    this.tell({kind: "structure", focus});
  }

  /** Replaces one node's content; successive edits of one place are one step of undo. */
  set(place: Place, node: Rule, kind: "value" | "drag") {
    this.remember(place.join("."));
    this.rule = replaceAt(this.rule, place, node);
    this.tell({kind, place});
  }

  /** Ends a run of edits of one place. */
  settle() {
    this.coalescing = undefined;
  }

  setMeasure(measure: Measure, isFromAddress = false) {
    this.measure = measure;
    this.tell({kind: "measure", isFromAddress});
  }

  /** Takes over a rule from the address or a saved audience. */
  load(rule: Rule, isFromAddress = false) {
    this.remember(undefined);
    this.rule = rule;
    this.tell({kind: "structure", isFromAddress});
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  subscribe(listener: (change: Change) => void) {
    this.listeners.push(listener);
  }

  private step(from: Rule[], to: Rule[]) {
    const rule = from.pop();
    if (!rule) return;
    to.push(this.rule);
    this.rule = rule;
    this.coalescing = undefined;
    this.tell({kind: "structure"});
  }

  private remember(place: string | undefined) {
    if (place === undefined || place !== this.coalescing) {
      this.past = [...this.past.slice(-199), this.rule];
    }
    this.coalescing = place;
    this.future = [];
  }

  private tell(change: Change) {
    for (const listener of this.listeners) listener(change);
  }
}
