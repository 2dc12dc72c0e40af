import type {Mapped} from "./fields.js";
import type {SourceDefinition} from "./source.js";

/** Properties and attributes of any source that are personal, or come from a personal column. */
export function personalFields(
  sources: readonly Pick<SourceDefinition, "columns" | "events" | "attributes">[]
): string[] {
  const found = new Set<string>();
  for (const source of sources) {
    const fields = [...source.events.map(({properties}) => properties), source.attributes];
    for (const [name, field] of fields.flatMap((each) => Object.entries(each))) {
      const from = typeof field === "string" ? field : field.from;
      const isMarked = typeof field === "object" && field.personal;
      if (isMarked || isPersonal(source, from)) found.add(name);
    }
  }
  return [...found].sort();
}

/** Whether an expression mentions a column that the source marks personal. */
export function isPersonal({columns}: Pick<SourceDefinition, "columns">, expression: Mapped | undefined): boolean {
  if (typeof expression !== "string") return false;
  return Object.keys(columns).some(
    (name) => columns[name]!.personal && new RegExp(`(?<![\\w])${name}(?![\\w])`).test(expression)
  );
}
