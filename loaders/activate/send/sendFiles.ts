import {existsSync} from "node:fs";
import {mkdir, readFile, rename, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {FileFormat} from "../../../lib/definitions/fileFormat.js";
import type {Workspace} from "../../workspace.js";
import {DeliveryError, type FileDestination, type PreparedFile} from "../destination.js";
import {exportNames} from "../files/exportFiles.js";
import type {Journal} from "../ledger/journal.js";

/** Where a delivery's files are made, and wait until they are taken. */
export function outbox({warehouse}: Pick<Workspace, "warehouse">, delivery: string): string {
  return join(warehouse, "outbox", delivery);
}

/** The first of `base`, `base_2`, `base_3`, … of which none of the files is there. */
export async function freeName(
  destination: FileDestination,
  base: string,
  rows: number,
  format: FileFormat
): Promise<string> {
  for (let i = 1; ; ++i) {
    const name = i === 1 ? base : `${base}_${i}`;
    const taken = await Promise.all(exportNames(name, rows, format).map((one) => destination.has(one)));
    if (!taken.includes(true)) return name;
  }
}

/** Notes that files are made whole, so that they can be put again after a crash. */
export async function noteReady(folder: string, files: PreparedFile[]): Promise<void> {
  await mkdir(folder, {recursive: true});
  const path = join(folder, "ready.json");
  await writeFile(`${path}.part`, JSON.stringify(files));
  await rename(`${path}.part`, path);
}

/** The files that a delivery before had made ready; undefined where it had not come so far. */
export async function readyFiles(folder: string): Promise<PreparedFile[] | undefined> {
  const path = join(folder, "ready.json");
  if (!existsSync(path)) return undefined;
  const files = JSON.parse(await readFile(path, "utf8")) as PreparedFile[];
  return files.every((file) => existsSync(file.path)) ? files : undefined;
}

/**
 * Puts a delivery's files, as one request of the ledger. Returns why that failed, if it did: unless they were refused,
 * they stay where they are made, to be put by the next delivery.
 */
export async function putFiles(
  destination: FileDestination,
  journal: Journal,
  files: PreparedFile[],
  folder: string,
  progress: (done: number) => void = () => {}
): Promise<DeliveryError | undefined> {
  await journal.intend(0);
  try {
    for (const [done, file] of files.entries()) {
      progress(done);
      await destination.put(file);
    }
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    // A name that was taken in the meantime is no fault of the rows: they are sent under another one.
    const state = error.failure === "refused" ? "unsent" : error.failure;
    await journal.answer(0, 0, {state, code: error.code, message: error.message});
    if (error.failure === "refused") await rm(folder, {recursive: true, force: true});
    return error;
  }
  await journal.answer(0, 0, {state: "acknowledged"});
  await rm(folder, {recursive: true, force: true});
  return undefined;
}
