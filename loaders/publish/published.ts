import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";

/** The folder of the build that the pointer names; undefined where nothing is published. */
export function publishedFolder(warehouse: string): string | undefined {
  const pointer = join(warehouse, "published", "current");
  if (!existsSync(pointer)) return undefined;
  const folder = join(warehouse, "published", readFileSync(pointer, "utf8").trim());
  return existsSync(folder) ? folder : undefined;
}
