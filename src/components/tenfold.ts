import {commandLine} from "../lib/commandLine.js";

/**
 * A command as it is to be run for the workspace of this page: `npx tenfold activate rising files --data ../shop`. Only
 * the preview says which folder that is; a built site is read elsewhere, and names none.
 */
export function tenfold(words: string): string {
  const page = typeof document === "undefined" ? undefined : document;
  return commandLine(words, page?.querySelector<HTMLMetaElement>('meta[name="tenfold-data"]')?.content || undefined);
}
