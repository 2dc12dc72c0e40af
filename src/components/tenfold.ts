import {commandLine} from "../lib/commandLine.js";

/**
 * A command as it is to be run for the workspace of this page: `npx tenfold activate rising files --data ../shop`. Only
 * the preview says which folder that is; a built site is read elsewhere, and names none.
 */
export function tenfold(words: string): string {
  return commandLine(words, meta("data"));
}

/** What to do where nothing has landed yet: a preview takes in by itself what comes. */
export function landHint(): string {
  const then = meta("companion") ? ": this preview takes them in by itself" : `, then run ${tenfold("refresh")}`;
  return `drop files into the workspace's landing folder${then}`;
}

function meta(name: "data" | "companion"): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.querySelector<HTMLMetaElement>(`meta[name="tenfold-${name}"]`)?.content || undefined;
}
