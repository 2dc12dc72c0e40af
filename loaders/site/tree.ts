import {readdirSync, statSync} from "node:fs";
import {join, relative} from "node:path";

/** Every file under a folder, as sorted relative paths with forward slashes. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, {recursive: true, encoding: "utf8"})
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(folder, path).replaceAll("\\", "/"))
    .sort();
}
