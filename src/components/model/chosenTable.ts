import type {TableInfo} from "../catalog.js";
import {Picker, type Control} from "../Picker.js";

/** The choice of a table, shared with the diagrams through the address; at first the first fact. */
export function chosenTable(tables: readonly TableInfo[]): Control<string> {
  const names = tables.map((table) => table.name);
  const first = tables.find((table) => table.role === "fact")?.name ?? names[0] ?? "";
  return Picker({label: "Table", key: "table", options: names, value: first});
}
