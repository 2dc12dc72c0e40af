import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";

/** A file in the landing folder, as it was when it was listed. */
export interface LandedFile {
  /** Relative to the landing folder, with forward slashes. */
  file: string;
  path: string;
  size: number;
  /** Modification time in nanoseconds, as text: past 2^53. */
  modified: string;
  inode: string;
}

/** Every file under the landing folder that is complete by its name, in code-point order. */
export function listLanding(landing: string): LandedFile[] {
  if (!existsSync(landing)) return [];
  return readdirSync(landing, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(landing, "/").length).replaceAll("\\", "/"))
    .filter((file) => !file.split("/").some((part) => part.startsWith(".")) && !/\.(part|tmp)$/i.test(file))
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((file) => {
      const path = join(landing, file);
      const stamp = fileStamp(path);
      return stamp ? [{file, path, ...stamp}] : [];
    });
}

/** What tells whether a file changed; undefined where there is none (any more). */
export function fileStamp(path: string): Pick<LandedFile, "size" | "modified" | "inode"> | undefined {
  try {
    const stat = statSync(path, {bigint: true});
    if (!stat.isFile()) return undefined;
    return {size: Number(stat.size), modified: String(stat.mtimeNs), inode: String(stat.ino)};
  } catch {
    return undefined;
  }
}

/** Whether a path matches a glob: `*` and `?` within a folder, `**` across folders, `{a,b}`, `[a-z]`. */
export function matchesGlob(file: string, glob: string): boolean {
  return globPattern(glob).test(file);
}

function globPattern(glob: string): RegExp {
  let pattern = "";
  let depth = 0;
  for (let i = 0; i < glob.length; ++i) {
    const c = glob[i]!;
    const close = c === "[" ? glob.indexOf("]", i + 2) : -1;
    if (glob.startsWith("**/", i)) {
      pattern += "(?:.*/)?";
      i += 2;
    } else if (glob.startsWith("**", i)) {
      pattern += ".*";
      ++i;
    } else if (c === "*") pattern += "[^/]*";
    else if (c === "?") pattern += "[^/]";
    else if (c === "{") {
      pattern += "(?:";
      ++depth;
    } else if (c === "}" && depth > 0) {
      pattern += ")";
      --depth;
    } else if (c === "," && depth > 0) pattern += "|";
    else if (close > 0) {
      pattern += `[${glob
        .slice(i + 1, close)
        .replace(/^!/, "^")
        .replaceAll("\\", "\\\\")}]`;
      i = close;
    } else pattern += c.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  }
  return new RegExp(`^${pattern}$`, "su");
}
