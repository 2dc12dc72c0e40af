import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";

export interface Watched {
  path: string;
  /** Relative paths that count; default: all. */
  only?: RegExp;
  except?: RegExp;
}

/**
 * Calls back, one call at a time, when files under the folders have changed and then stayed the same for one look. By
 * looking, not by the system's notices: those differ by platform and are lost on network drives.
 */
export function watchFiles(watched: Watched[], changed: () => Promise<void>): {close(): void} {
  return watch(() => stamps(watched), changed);
}

/** The same for whatever can be looked at as a text. */
export function watch(look: () => string, changed: () => Promise<void>, every = 500): {close(): void} {
  let seen = look();
  let pending = false;
  let closed = false;
  const tick = async () => {
    const now = look();
    if (now !== seen) {
      seen = now;
      pending = true;
    } else if (pending) {
      pending = false;
      await changed();
    }
    if (!closed) timer = setTimeout(tick, every);
  };
  let timer = setTimeout(tick, every);
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    }
  };
}

/** Names, sizes and times of the files that count, a line each. */
export function stamps(watched: Watched[]): string {
  const lines: string[] = [];
  for (const {path, only, except} of watched) {
    const visit = (folder: string) => {
      for (const entry of existsSync(join(path, folder))
        ? readdirSync(join(path, folder), {withFileTypes: true})
        : []) {
        const name = folder ? `${folder}/${entry.name}` : entry.name;
        if (except?.test(name) || entry.name === ".observablehq") continue;
        if (entry.isDirectory()) visit(name);
        else if (!only || only.test(name)) lines.push(`${name} ${stamp(join(path, name))}`);
      }
    };
    visit("");
  }
  return lines.join("\n");
}

function stamp(path: string): string {
  const stat = statSync(path, {throwIfNoEntry: false});
  return stat ? `${stat.size} ${stat.mtimeMs}` : "";
}
