import {isNode, LineCounter, parseDocument} from "yaml";
import {checkDefinition, DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {audienceDefinition, type AudienceDefinition} from "../../lib/definitions/audience.js";
import {checkRule, formatPath} from "../../lib/rules/check.js";
import {catalogue} from "../../lib/rules/field.js";
import type {Named, Workspace} from "../workspace.js";
import {warehouseFields} from "./fields.js";

/** A saved audience: what its file says, and its name. */
export interface Audience extends Named {
  definition: AudienceDefinition;
}

/**
 * Reads and checks the saved audiences against the fields that the definitions know. Throws one DefinitionError that
 * lists all mistakes of all files.
 */
export function readAudiences(workspace: Workspace): Audience[] {
  const fields = catalogue(warehouseFields(workspace));
  // What a rule's relative dates stand for changes with the as-of instant; whether they are well-formed does not.
  const context = {asOf: new Date(0), timeZone: workspace.time_zone};
  const mistakes: Mistake[] = [];
  const audiences: Audience[] = [];
  for (const {id, file, text} of workspace.audiences) {
    const {value, mistakes: found} = checkDefinition(file, text, audienceDefinition);
    mistakes.push(...found);
    if (!value) continue;
    const errors = value.rule
      ? checkRule(value.rule, fields, context).filter(({severity}) => severity === "error")
      : [];
    for (const {path, message} of errors) {
      const line = lineOf(text, ["rule", ...path]);
      mistakes.push({file, line, path: ["rule", ...path].join("."), message: `${formatPath(path)}: ${message}`});
    }
    audiences.push({id, file, definition: value});
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  return audiences;
}

function lineOf(text: string, path: (string | number)[]): number {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines});
  for (let depth = path.length; depth > 0; --depth) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
