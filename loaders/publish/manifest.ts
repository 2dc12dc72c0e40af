import {createHash} from "node:crypto";
import {
  existsSync,
  linkSync,
  copyFileSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs";
import {join} from "node:path";
import type {Publication} from "./publication.js";

/** A published file, and what it was made from. */
export interface PublishedFile extends Publication {
  name: string;
  /** Hash of everything that decides the contents: the same key, the same file. */
  key: string;
  /** Hash of the definitions and the code among it. */
  definitions: string;
  description: string;
}

const manifestName = "manifest.json";

/** The files of a published build; empty where there is none or it is of an older shape. */
export function readManifest(folder: string | undefined): Map<string, PublishedFile> {
  const path = folder && join(folder, manifestName);
  if (!path || !existsSync(path)) return new Map();
  const files = JSON.parse(readFileSync(path, "utf8")) as PublishedFile[];
  return new Map(files.filter(({name}) => existsSync(join(folder, name))).map((file) => [file.name, file]));
}

export function writeManifest(folder: string, files: PublishedFile[]): void {
  writeFileSync(join(folder, manifestName), JSON.stringify(files, null, 1));
}

/** One hash of several files' contents. */
export function buildHash(files: readonly PublishedFile[]): string {
  return hashOf(...files.map(({name, hash}) => `${name} ${hash}`).sort()).slice(0, 16);
}

export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Takes a file over from an earlier build, without copying where the disk allows. */
export function takeOver(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Moves the pointer to a build, and removes builds older than the one before it. */
export function movePointer(published: string, build: string): void {
  const pointer = join(published, "current");
  const before = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : undefined;
  if (before === build) {
    // It is known to be up to date as of now.
    utimesSync(pointer, new Date(), new Date());
    return;
  }
  writeFileSync(`${pointer}.new`, build);
  renameSync(`${pointer}.new`, pointer);
  for (const name of readdirSync(published)) {
    const path = join(published, name);
    if (name === build || name === before || name.startsWith("current") || !statSync(path).isDirectory()) continue;
    rmSync(path, {recursive: true, force: true});
  }
}
