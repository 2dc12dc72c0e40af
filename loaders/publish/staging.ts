import {mkdirSync, renameSync, rmSync} from "node:fs";
import {join} from "node:path";
import type {Progress} from "../engine/progress.js";
import {statePaths} from "../engine/warehouse.js";
import type {Workspace} from "../workspace.js";
import {buildHash, movePointer, readManifest, takeOver, writeManifest, type PublishedFile} from "./manifest.js";
import {Refusal, type Earlier, type Publication} from "./publication.js";
import {publishedFolder} from "./published.js";

/** The build that is being written, file by file, beside the one that the pointer names. */
export interface Staging {
  files: readonly PublishedFile[];
  /** What was refused or failed; its last good file stays. */
  failures: readonly {file: string; message: string}[];
  fail(file: string, message: string): void;
  /** A file with what it was made from: taken over, or made by `make`; where that fails, the one before stays. */
  put(
    name: string,
    about: {key: string; description: string},
    make: (path: string, before: Earlier) => Promise<Publication>
  ): Promise<void>;
  /** Puts the build in its place and moves the pointer. */
  finish(): {build: string; changed: boolean};
}

/** Opens a build. `definitions` is a hash of all but data that files are made of, the code included. */
export function openStaging(
  workspace: Pick<Workspace, "warehouse">,
  definitions: string,
  {warn}: Pick<Progress, "warn">
): Staging {
  const {published} = statePaths(workspace);
  const staging = join(published, ".staging");
  rmSync(staging, {recursive: true, force: true});
  mkdirSync(staging, {recursive: true});
  const earlierFolder = publishedFolder(workspace.warehouse);
  const earlier = readManifest(earlierFolder);
  const files: PublishedFile[] = [];
  const failures: {file: string; message: string}[] = [];
  const fail = (file: string, message: string) => {
    failures.push({file, message});
    warn(`not published: ${message}`);
  };
  return {
    files,
    failures,
    fail,
    async put(name, {key, description}, make) {
      const before = earlier.get(name);
      const path = join(staging, name);
      const keep = () => {
        takeOver(join(earlierFolder!, name), path);
        files.push(before!);
      };
      if (key !== "" && before?.key === key) return keep();
      try {
        const publication = await make(path, {
          path: before && join(earlierFolder!, name),
          // The same definitions, code included, say what a row takes.
          trial: before?.definitions === definitions ? before.trial : undefined
        });
        const isSame = before?.hash === publication.hash;
        if (isSame) {
          rmSync(path);
          takeOver(join(earlierFolder!, name), path);
        }
        const bytes = isSame ? before.bytes : publication.bytes;
        files.push({name, key, definitions, description, ...publication, bytes});
      } catch (error) {
        for (const message of error instanceof Refusal ? error.reasons : [(error as Error).message]) {
          fail(name, message);
        }
        rmSync(path, {force: true});
        if (before) keep();
      }
    },
    finish() {
      const build = buildHash(files);
      const folder = join(published, build);
      const changed = earlierFolder !== folder;
      if (changed) {
        writeManifest(staging, files);
        rmSync(folder, {recursive: true, force: true});
        renameSync(staging, folder);
      } else rmSync(staging, {recursive: true});
      movePointer(published, build);
      return {build, changed};
    }
  };
}
