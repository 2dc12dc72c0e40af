/**
 * A command for people to type: `npx tenfold status --data ../shop`. `data` is the workspace's folder as they would write
 * it, undefined where the command finds it by itself.
 */
export function commandLine(words: string, data?: string): string {
  return `npx tenfold ${words}${data ? ` --data ${quoted(data)}` : ""}`;
}

/** A word as a shell takes it for one. */
function quoted(word: string): string {
  return /^[\w@%+:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
