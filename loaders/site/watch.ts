import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";

export interface Watched {
  path: string;
  /** Relative paths that count; default: all. */
  only?: RegExp;
  except?: RegExp;
  /** Only names count: a file that comes or goes, not one that changes. */
  names?: boolean;
}

/**
 * Calls back, one call at a time, when files under the folders have changed and then stayed the same for one look. By
 * looking, not by the system's notices: those differ by platform and are lost on network drives.
 */
export function watchFiles(watched: Watched[], changed: () => Promise<void>, every = 500): {close(): void} {
  let seen = look(watched);
  let pending = false;
  let closed = false;
  const tick = async () => {
    const now = look(watched);
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

function look(watched: Watched[]): string {
  const lines: string[] = [];
  for (const {path, only, except, names} of watched) {
    const visit = (folder: string) => {
      for (const entry of existsSync(join(path, folder))
        ? readdirSync(join(path, folder), {withFileTypes: true})
        : []) {
        const name = folder ? `${folder}/${entry.name}` : entry.name;
        if (except?.test(name) || entry.name === ".observablehq") continue;
        if (entry.isDirectory()) visit(name);
        else if (!only || only.test(name)) lines.push(names ? name : `${name} ${stamp(join(path, name))}`);
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
