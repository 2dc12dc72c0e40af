import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import type {Finding} from "./finding.js";
import {siteRoot} from "./paths.js";
import {filesIn} from "./tree.js";

/** What made Framework's build fail, and where, from what it wrote. */
export function buildFailure(log: string): Finding {
  const lines = log.split("\n").map((line) => line.trim());
  const file = [...log.matchAll(/^copy src\/(\S+)/gm)].at(-1)?.[1];
  const page = [...log.matchAll(/^load (\S+)/gm)].at(-1)?.[1] ?? "site";
  const network = lines.find((line) => line.includes("needs the network: "));
  if (network) return {page, message: network.slice(network.indexOf("needs the network: "))};
  const unpublished = lines.find((line) => line.includes("not published: "));
  if (unpublished) {
    const message = unpublished.slice(unpublished.indexOf("not published: "));
    return {page: (file && pageOf(file)) ?? page, message};
  }
  const message = lines
    .filter(
      (line) => line !== "" && !/^at |^(load|copy|build|bundle|render|alias|built) |^↳|Unexpected error/.test(line)
    )
    .slice(-6)
    .join("\n");
  const isFile = /loader exited|not published|[Nn]ot found|ENOENT|no such file/.test(message);
  return {page: isFile && file ? (pageOf(file) ?? page) : page, message: message || "the build failed"};
}

/** The page or component that asks for a file. */
function pageOf(file: string): string | undefined {
  if (!existsSync(siteRoot)) return undefined;
  const name = file.split("/").at(-1)!;
  const found = filesIn(siteRoot).find(
    (path) =>
      /^(?!\.observablehq|lib\/).*\.(md|ts|js)$/.test(path) && readFileSync(join(siteRoot, path), "utf8").includes(name)
  );
  return found && `src/${found}`;
}
