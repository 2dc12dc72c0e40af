import {LineCounter, parseDocument, type Document, isNode} from "yaml";
import type {z} from "zod";

/** One mistake in a definition file. */
export interface Mistake {
  file: string;
  /** 1-based. */
  line: number;
  /** The dotted path inside the file. */
  path: string;
  message: string;
}

/** All mistakes found in a workspace's definitions; exit code 2. */
export class DefinitionError extends Error {
  constructor(readonly mistakes: Mistake[]) {
    super(mistakes.map((m) => `${m.file}:${m.line}: ${m.message}`).join("\n"));
    this.name = "DefinitionError";
  }
}

/** Parses a YAML definition and checks it against its schema; returns every mistake, with its line. */
export function checkDefinition<T extends z.ZodType>(
  file: string,
  text: string,
  schema: T
): {value?: z.output<T>; mistakes: Mistake[]} {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const mistakes: Mistake[] = document.errors.map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    path: "",
    message: `not YAML: ${error.message}`
  }));
  if (mistakes.length > 0) return {mistakes};
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return {value: result.data, mistakes};
  for (const issue of result.error.issues) {
    const path = issue.path.map(String);
    mistakes.push({
      file,
      line: lineOf(document, path, lines),
      path: path.join("."),
      message: `${path.join(".")}: ${issue.message}`
    });
  }
  return {mistakes};
}

function lineOf(document: Document, path: string[], lines: LineCounter): number {
  for (let depth = path.length; depth >= 0; --depth) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
