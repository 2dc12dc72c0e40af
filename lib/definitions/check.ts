import {isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node} from "yaml";
import type {z} from "zod";
import {explain} from "./explain.js";
import type {Path} from "./schema.js";

/** One mistake in a definition file. */
export interface Mistake {
  file: string;
  /** 1-based. */
  line: number;
  /** The dotted path inside the file; empty for the file as a whole. */
  path: string;
  /** One line that names the path, the value and what was expected. */
  message: string;
}

/** All mistakes found in a workspace's definitions; exit code 2. */
export class DefinitionError extends Error {
  constructor(readonly mistakes: Mistake[]) {
    super(mistakes.map((m) => `${m.file}:${m.line}: ${m.message}`).join("\n"));
    this.name = "DefinitionError";
  }
}

/** A definition that its schema accepts, and where in its file things stand. */
export interface Checked<T> {
  value?: T;
  mistakes: Mistake[];
  /** A mistake at a path, found by a later check. */
  mistake(path: Path, message: string): Mistake;
  /** Whether the file itself says something at a path, rather than a default. */
  says(path: Path): boolean;
}

const maxCharacters = 1_000_000;

/**
 * Parses a YAML definition and checks it against its schema; returns every mistake, with its line. `firstLine` is the
 * line of `file` that `text` begins on, where it is a part of it.
 */
export function checkDefinition<T extends z.ZodType>(
  file: string,
  text: string,
  schema: T,
  {firstLine = 1}: {firstLine?: number} = {}
): Checked<z.output<T>> {
  const lines = new LineCounter();
  const document = parseDocument(text.length > maxCharacters ? "" : text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true
  });
  const mistake = (path: Path, message: string, atKey = false): Mistake => ({
    file,
    line: lineOf(document, path, lines, atKey) + firstLine - 1,
    path: path.join("."),
    message: path.length > 0 ? `${path.join(".")}: ${message}` : message
  });
  const fail = (mistakes: Mistake[]) => ({mistakes, mistake, says: () => false});
  if (text.length > maxCharacters) {
    return fail([mistake([], `expected at most ${maxCharacters} characters, not ${text.length}`)]);
  }
  const problems = [...document.errors, ...document.warnings].map(({code, message, pos}) => ({
    file,
    line: lines.linePos(pos[0]).line + firstLine - 1,
    path: "",
    message: syntax(code, message, text.slice(pos[0]))
  }));
  if (problems.length > 0) return fail(problems);
  let input: unknown;
  try {
    input = document.toJS({maxAliasCount: 100}) ?? {};
  } catch {
    return fail([mistake([], "expected at most 100 uses of anchors")]);
  }
  const result = schema.safeParse(input);
  const mistakes = (result.error?.issues ?? [])
    .flatMap((issue) => explain(issue, schema, input))
    .map((found) => mistake(found.path, found.message, found.atKey));
  return {
    value: result.data,
    mistakes: mistakes.sort((a, b) => a.line - b.line),
    mistake,
    says: (path) => document.hasIn(path)
  };
}

function syntax(code: string, message: string, source: string): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return `${/^[^:\n]*/.exec(source)![0].trim()}: stands twice in one mapping`;
    case "TAB_AS_INDENT":
      return "a tab indents this line: expected spaces";
    case "MULTIPLE_DOCS":
      return "a second document begins here: expected one";
    default:
      return `not YAML: ${message[0]!.toLowerCase()}${message.slice(1).split("\n")[0]}`;
  }
}

/** The line of the deepest part of a path that the file has: of its key, or of its value where that is a scalar. */
function lineOf(document: Document, path: Path, lines: LineCounter, atKey: boolean): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  if (path.length === 0) return 1;
  for (const [depth, key] of path.entries()) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[Number(key)];
      if (!next) break;
      offset = (next as Node).range?.[0] ?? offset;
    } else break;
    node = next as Node | null;
    if (depth === path.length - 1 && !atKey && isScalar(node) && node.value !== null)
      offset = node.range?.[0] ?? offset;
  }
  return lines.linePos(offset).line || 1;
}
