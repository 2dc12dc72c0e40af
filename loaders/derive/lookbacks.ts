import {formatLookback, parseLookback} from "../../lib/definitions/lookback.js";
import type {Workspace} from "../workspace.js";

/** Every lookback of the workspace and its metrics, in their spelling in `derived.deciles`. */
export function allLookbacks(workspace: Pick<Workspace, "lookbacks" | "metrics">): string[] {
  const given = [
    ...workspace.lookbacks,
    ...Object.values(workspace.metrics).flatMap((metric) => metric.lookbacks ?? [])
  ];
  return [...new Set(given.map((lookback) => formatLookback(parseLookback(lookback)!)))];
}
