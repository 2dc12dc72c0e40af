import {mkdirSync, mkdtempSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";

/** Makes a temporary folder with the given files, text by path; whoever asked for it removes it. */
export function makeFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "tenfold-"));
  for (const [path, text] of Object.entries(files)) addFile(folder, path, text);
  return folder;
}

/** Writes a file into a folder, and the folders that it stands in. */
export function addFile(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, dirname(path)), {recursive: true});
  writeFileSync(join(folder, path), content);
}
