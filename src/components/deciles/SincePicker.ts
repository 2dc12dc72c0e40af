import type {Meta} from "../catalog.js";
import {formatDayIn} from "../format.js";
import {Picker, type Control} from "../Picker.js";
import type {Move} from "./MigrationMatrix.js";

/** Which earlier ranking to compare with: the instants that the published moves start from. Default: the oldest. */
export function SincePicker(moves: readonly Move[], meta: Meta): Control<string> {
  const starts = [...new Set(moves.map((move) => +move.from_as_of))].sort((a, b) => b - a);
  const options = starts.map((start) => ({
    value: new Date(start).toISOString().slice(0, 10),
    label: formatDayIn(start - 1, meta.time_zone)
  }));
  const kind = options.length > 4 ? "select" : "radio";
  const picker = Picker({label: "Compared with", key: "since", kind, options, value: options.at(-1)?.value});
  picker.hidden = options.length === 0;
  return picker;
}
