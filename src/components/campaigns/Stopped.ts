import {Empty} from "../Empty.js";

/** In place of every comparison with the people held out, where the arms are not as large as they were meant to be. */
export function Stopped(): HTMLElement {
  return Empty(
    "The report stops here: the arms are not as large as they were meant to be, so those mailed and those held out are not alike.",
    "Find what lost or added people: an assignment that was recorded twice or not at all, a definition whose shares were changed afterwards, a filter after the draw. The arms' sizes stand below."
  );
}
