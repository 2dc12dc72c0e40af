import type {z} from "zod";

export type Path = (string | number)[];

/** What the schemas that may stand at a path of a definition ask for; several where there is a union on the way. */
export function schemasAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  const def = definition(schema);
  if (isWrapper(def)) return schemasAt(def.innerType, path);
  if (isPipe(def)) return schemasAt(def.in, path);
  if (def.type === "union") return (def as z.core.$ZodUnionDef).options.flatMap((option) => schemasAt(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  if (def.type === "object") {
    const field = (def as z.core.$ZodObjectDef).shape[key];
    return field ? schemasAt(field, rest) : [];
  }
  if (def.type === "record") return schemasAt((def as z.core.$ZodRecordDef).valueType, rest);
  if (def.type === "array") return schemasAt((def as z.core.$ZodArrayDef).element, rest);
  return [];
}

/** The keys that a mapping at a path may have. */
export function namesAt(schema: z.core.$ZodType, path: Path): Set<string> {
  return new Set(
    schemasAt(schema, path).flatMap((found) => {
      const def = definition(found);
      return def.type === "object" ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
    })
  );
}

/** The texts that enums and literals among the schemas allow. */
export function valuesOf(schemas: z.core.$ZodType[]): string[] {
  return schemas.flatMap((schema) => {
    const def = definition(schema);
    if (def.type === "enum") return Object.values((def as z.core.$ZodEnumDef).entries).map(String);
    return def.type === "literal" ? (def as z.core.$ZodLiteralDef<string>).values.map(String) : [];
  });
}

/** What schemas ask for, in words: "a whole number from 2 to 100", "rows or aggregate". */
export function expected(schemas: z.core.$ZodType[]): string {
  const phrases = [...new Set(schemas.flatMap(phrase))];
  return phrases.length < 2
    ? (phrases[0] ?? "another value")
    : `${phrases.slice(0, -1).join(", ")} or ${phrases.at(-1)}`;
}

function phrase(schema: z.core.$ZodType): string[] {
  const def = definition(schema);
  switch (def.type) {
    case "enum":
    case "literal":
      return valuesOf([schema]);
    case "boolean":
      return ["true or false"];
    case "number":
      return [number(schema)];
    case "string":
      return [text(schema)];
    case "array":
      return [`a list, each ${expected(schemasAt((def as z.core.$ZodArrayDef).element, []))}`];
    case "object": {
      const names = Object.keys((def as z.core.$ZodObjectDef).shape);
      return [names.length <= 3 ? `{${names.map((name) => `${name}: …`).join(", ")}}` : "a mapping"];
    }
    case "record":
      return ["a mapping"];
    default:
      return ["another value"];
  }
}

function number(schema: z.core.$ZodType): string {
  const kind = (definition(schema) as {format?: string}).format === "safeint" ? "a whole number" : "a number";
  const low = limit(schema, "greater_than", "value");
  const high = limit(schema, "less_than", "value");
  if (low !== undefined && high !== undefined) return `${kind} from ${low} to ${high}`;
  return low !== undefined ? `${kind} from ${low}` : high !== undefined ? `${kind} up to ${high}` : kind;
}

// Patterns and refinements carry what they expect as their message.
function text(schema: z.core.$ZodType): string {
  const {format} = definition(schema) as {format?: string};
  if (format === "date") return "a date such as 2025-12-31";
  if (format === "datetime") return "a time such as 2025-12-31T09:00:00Z";
  for (const check of checks(schema)) {
    const message = check.error?.({input: "", code: "custom", path: []} as never);
    if (typeof message === "string") return message;
  }
  if (limit(schema, "length_equals", "length") === 1) return "one character";
  if (limit(schema, "max_length", "maximum") === 1) return "one character at most";
  return limit(schema, "min_length", "minimum") === undefined ? "text" : "text that is not empty";
}

function limit(schema: z.core.$ZodType, check: string, key: string): unknown {
  return (checks(schema).find((def) => def.check === check) as Record<string, unknown> | undefined)?.[key];
}

function checks(schema: z.core.$ZodType): z.core.$ZodCheckDef[] {
  return (definition(schema).checks ?? []).map((check) => check._zod.def);
}

function definition(schema: z.core.$ZodType): z.core.$ZodTypeDef {
  return schema._zod.def;
}

function isWrapper(def: z.core.$ZodTypeDef): def is z.core.$ZodTypeDef & {innerType: z.core.$ZodType} {
  return ["optional", "default", "prefault", "nullable", "readonly"].includes(def.type);
}

function isPipe(def: z.core.$ZodTypeDef): def is z.core.$ZodTypeDef & {in: z.core.$ZodType} {
  return def.type === "pipe";
}
