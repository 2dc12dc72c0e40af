import {createHash} from "node:crypto";
import type {Source, Workspace} from "../workspace.js";

/** Raised when the same definition comes to mean other events, so that every source is taken in again. */
const version = 1;

/** Keys that change how things are shown or published, but no event. */
const silent = new Set(["description", "label", "unit", "personal", "publish", "file", "files", "on_change"]);

/** A hash of everything that decides which events a file gives: the definition, and the rates where it needs them. */
export function definitionHash(workspace: Workspace, source: Source, rates: string): string {
  const {time_zone, currency} = workspace;
  const text = JSON.stringify([version, time_zone, currency, rates, source], (name, value: unknown) =>
    silent.has(name) && !isDefinition(value) ? undefined : value
  );
  return createHash("sha256").update(text).digest("hex");
}

// A column may itself be called `label` or `unit`: then the key holds a definition, which counts.
function isDefinition(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
