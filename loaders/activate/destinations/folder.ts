import {constants, existsSync} from "node:fs";
import {copyFile, link, mkdir, open, rm, stat} from "node:fs/promises";
import {dirname, join, resolve} from "node:path";
import type {OpenContext} from "../client/context.js";
import {DeliveryError, type FileDestination, type PreparedFile} from "../destination.js";
import {sha256Of} from "../files/sha256.js";

/** A folder of this machine, or one mounted into it. */
export function openFolder({definition, root}: OpenContext<"folder">): FileDestination {
  const folder = resolve(root, definition.path);
  return {
    kind: "folder",
    takes: "files",
    idempotent: true,
    async health() {
      await attempt(() => makeFolder(folder));
      const probe = join(folder, `.tenfold-${process.pid}`);
      await attempt(async () => (await open(probe, "w")).close());
      await rm(probe, {force: true});
      return `${folder} is writable`;
    },
    has: async (name) => existsSync(join(folder, name)),
    async put(file) {
      await attempt(() => makeFolder(folder));
      await attempt(() => put(folder, file));
    },
    async close() {}
  };
}

// Node's own way of making a folder with those above it tries for ever where one of them takes none, as /proc does.
async function makeFolder(folder: string): Promise<void> {
  const failure = await tryToMake(folder);
  if (!failure) return;
  let code = failure.code ?? "";
  if (code === "ENOENT" && dirname(folder) !== folder) {
    await makeFolder(dirname(folder));
    code = (await tryToMake(folder))?.code ?? "";
  }
  if (code) throw Object.assign(new Error(`no folder can be made at ${folder} (${code})`), {code});
}

async function tryToMake(folder: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(folder);
  } catch (error) {
    const isThere = (await stat(folder).catch(() => undefined))?.isDirectory();
    if (!isThere) return error as NodeJS.ErrnoException;
  }
  return undefined;
}

// A link appears whole and fails where the name is taken: a rename would go over what is there.
async function put(folder: string, {path, name, sha256}: PreparedFile): Promise<void> {
  const target = join(folder, name);
  const scratch = join(folder, `.${name}.${process.pid}.part`);
  try {
    await copyFile(path, scratch);
    await flush(scratch);
    await link(scratch, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw error;
      await copyFile(scratch, target, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if ((await sha256Of(target)) !== sha256) {
      throw new DeliveryError(`${target} is there already, with other contents`, "refused", "EEXIST");
    }
  } finally {
    await rm(scratch, {force: true});
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    const {code = "", message} = error as NodeJS.ErrnoException;
    throw new DeliveryError(message, "unsent", code);
  }
}
