import {readFileSync} from "node:fs";
import {join} from "node:path";
import {projectRoot} from "../workspace.js";

/** The version of an installed package. */
export function packageVersion(name: string): string {
  const file = join(projectRoot, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as {version: string}).version;
}
