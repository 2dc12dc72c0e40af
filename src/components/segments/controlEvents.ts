import type {Bins, DragCounts} from "../../lib/rules/drag.js";
import type {Operand} from "../../lib/rules/subject.js";

/** What a control tells. */
export interface ControlEvents {
  /** The operand is another; `isDragging`: more to come. */
  input(operand: Operand, isDragging?: boolean): void;
  /** A drag has ended. */
  settle(): void;
  /** The control has been taken hold of: asks for the counts of all its values at once. */
  grab(bins: Bins): Promise<DragCounts | undefined>;
}
