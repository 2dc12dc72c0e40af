import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {readAudiences} from "../audiences/readAudiences.js";
import {readWorkspace, type Edits, type Workspace} from "../workspace.js";

/**
 * What would be wrong with a workspace if a file said this, or were gone: every mistake in the file itself, and every
 * one elsewhere that is not there now. Where another file keeps this one from being judged, that file's mistakes.
 */
export function checkEdit(
  {root, landing}: Pick<Workspace, "root" | "landing">,
  file: string,
  text: string | undefined
): Mistake[] {
  const {mistakes, isJudged} = mistakesWith({data: root, landing, edits: new Map([[file, text]])});
  if (mistakes.length === 0 || !isJudged) return mistakes;
  const now = new Set(mistakesWith({data: root, landing}).mistakes.map(key));
  return mistakes.filter((mistake) => mistake.file === file || !now.has(key(mistake)));
}

function mistakesWith(options: {data: string; landing: string; edits?: Edits}) {
  let isJudged = false;
  try {
    const workspace = readWorkspace(options);
    isJudged = true;
    readAudiences(workspace);
    return {mistakes: [], isJudged};
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return {mistakes: error.mistakes, isJudged};
  }
}

function key({file, path, message}: Mistake): string {
  return JSON.stringify([file, path, message]);
}
