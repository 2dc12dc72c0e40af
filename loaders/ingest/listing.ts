import {existsSync, readdirSync, realpathSync, statSync} from "node:fs";
import {isAbsolute, join, relative, sep} from "node:path";

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

/** Every file under the landing folder that is complete by its name, linked ones too, in code-point order. */
export function listLanding(landing: string): LandedFile[] {
  if (!existsSync(landing)) return [];
  return filesIn(landing)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((file) => {
      const path = join(landing, file);
      const stamp = fileStamp(path);
      return stamp ? [{file, path, ...stamp}] : [];
    });
}

/**
 * The files in a folder and in those that it links to, by their paths in it. No folder is listed twice: not where several
 * links lead to it, nor where it stands in the folder anyway or around it.
 */
function filesIn(landing: string): string[] {
  const files: string[] = [];
  const root = realpathSync(landing);
  const listed = new Set<string>();
  const folders = [""];
  const links: string[] = [];
  // A folder's own place comes before links to it.
  for (let folder; (folder = folders.shift() ?? links.shift()) !== undefined;) {
    const real = realpathSync(join(landing, folder));
    if (listed.has(real) || (folder && isInside(root, real))) continue;
    listed.add(real);
    for (const entry of readdirSync(join(landing, folder), {withFileTypes: true})) {
      if (entry.name.startsWith(".")) continue;
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink() && isFolder(join(landing, path))) links.push(path);
      else if ((entry.isFile() || entry.isSymbolicLink()) && !/\.(part|tmp)$/i.test(entry.name)) files.push(path);
    }
    links.sort();
  }
  return files;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
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
