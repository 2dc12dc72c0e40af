import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import type {Leaf} from "../../lib/rules/rule.js";
import {keyOf} from "./builder.js";
import type {SegmentStore} from "./store.js";

/** How a part is replaced: with another shape, so that it is drawn anew, or with another value. */
export type How = "structure" | "value" | "drag";

/** A part of the rule that a control reads and replaces: always as it is now, whatever else has been edited. */
export interface Slot<T> {
  get(): T;
  /** `focus` names the control that has the focus in the new drawing. */
  set(next: T, how: How, focus?: string): void;
  /** Ends a run of edits, which are one step of undo. */
  settle(): void;
}

/** The node at a place. */
export function nodeSlot<T extends Leaf>(store: SegmentStore, place: Place): Slot<T> {
  return {
    get: () => nodeAt(store.rule, place) as T,
    set(next, how, focus) {
      if (how === "structure") store.edit(replaceAt(store.rule, place, next), focus && `${keyOf(place)}:${focus}`);
      else store.set(place, next, how);
    },
    settle() {
      store.set(place, nodeAt(store.rule, place)!, "value");
      store.settle();
    }
  };
}

/** A part of what is in a slot. */
export function partSlot<T, P>(whole: Slot<T>, take: (whole: T) => P, put: (whole: T, part: P) => T): Slot<P> {
  return {
    get: () => take(whole.get()),
    set: (next, how, focus) => whole.set(put(whole.get(), next), how, focus),
    settle: () => whole.settle()
  };
}

/** An object with a property replaced; one that is undefined is left out. */
export function withPart<T extends object, K extends keyof T>(object: T, name: K, value: T[K] | undefined): T {
  const {[name]: _, ...rest} = object;
  return (value === undefined ? rest : {...rest, [name]: value}) as T;
}
