import type {Mistake} from "../../lib/definitions/check.js";
import {sameNames} from "../audiences/sameNames.js";
import type {Workspace} from "../workspace.js";
import type {Call} from "./command.js";

/** Says what is allowed in a workspace's definitions, and hardly meant. */
export function warnOfDefinitions(workspace: Workspace, {progress}: Pick<Call, "progress">): Mistake[] {
  const warnings = [...workspace.warnings, ...sameNames(workspace)];
  for (const {file, line, message} of warnings) progress.warn(`${file}:${line}: ${message}`);
  return warnings;
}
