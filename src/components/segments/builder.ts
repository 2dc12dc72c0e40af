import type {Place} from "../../lib/rules/edit.js";
import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import type {Catalogue} from "../../lib/rules/field.js";
import type {Rule} from "../../lib/rules/rule.js";
import type {Dragging} from "./dragging.js";
import type {Events} from "./events.js";
import type {ProfileField} from "./fields.js";
import type {SegmentStore} from "./store.js";

/** What every part of the builder needs of the others. */
export interface Builder {
  store: SegmentStore;
  known: Catalogue;
  fields: readonly ProfileField[];
  events: Events;
  asOf: Date;
  dragging: Dragging;
  /** Reads a sentence out. */
  say(text: string): void;
  /** Asks for a block, to be put at the end of a container. */
  ask(place: Place): void;
  /** Puts a new node at a place, of the present rule or of an edited one, and the focus into it. */
  insert(place: Place, node: Rule, rule?: Rule): void;
  /** A node in a few words. */
  title(node: Rule): string;
  /** Writes what is known beside the nodes again, after more of them are shown. */
  refresh(): void;
  /** Asks for the counts of all values that a control can take. */
  grab(place: Place, bins: Bins): Promise<DragCounts | undefined>;
}

/** A place as it stands in `data-` attributes. */
export function keyOf(place: Place): string {
  return place.join(".");
}
