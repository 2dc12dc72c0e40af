import type {Mapped, ValueType} from "./fields.js";
import type {EventMapping, FieldDefinition, SourceDefinition} from "./source.js";

/** A property or attribute as one source declares it. */
export interface DeclaredField {
  name: string;
  /** Undefined where only the engine can tell. */
  type: ValueType | undefined;
  /** Its place in the source's file. */
  path: (string | number)[];
  field: FieldDefinition;
}

/** The event types that a source yields. */
export function eventTypes(source: SourceDefinition): string[] {
  const mapped = source.events.flatMap((event) => (typeof event.type === "string" ? [event.type] : event.type.values));
  return source.kind === "profiles" ? [...mapped, "profile.updated"] : mapped;
}

/** The properties of a source's events, its attributes left out. */
export function declaredProperties(source: SourceDefinition): DeclaredField[] {
  return source.events.flatMap((event: EventMapping, i) =>
    Object.entries(event.properties).map(([name, field]) =>
      declare(source, name, field, ["events", i, "properties", name])
    )
  );
}

/** The attributes that a source's rows set. */
export function declaredAttributes(source: SourceDefinition): DeclaredField[] {
  return Object.entries(source.attributes).map(([name, field]) => declare(source, name, field, ["attributes", name]));
}

/** The column that an expression simply names, lower-cased; undefined for anything longer. */
export function plainName(mapped: Mapped): string | undefined {
  if (typeof mapped !== "string") return undefined;
  const name = mapped.trim().toLowerCase();
  return /^[a-z_][a-z0-9_]*$/.test(name) && !["true", "false", "null"].includes(name) ? name : undefined;
}

function declare(
  source: SourceDefinition,
  name: string,
  field: FieldDefinition,
  path: DeclaredField["path"]
): DeclaredField {
  const given = typeof field === "string" ? undefined : field.type;
  const column = plainName(typeof field === "string" ? field : field.from);
  return {name, field, path, type: given ?? (column === undefined ? undefined : source.columns[column]?.type)};
}
