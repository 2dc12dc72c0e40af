import {createHash} from "node:crypto";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {publishedFolder} from "../publish/published.js";
import type {Finding} from "./finding.js";
import {filesIn} from "./tree.js";

/**
 * The data in the site is what this workspace has published: a preview of another workspace shares Framework's cache
 * and may have put its own there meanwhile.
 */
export function checkData(site: string, warehouse: string): Finding[] {
  const folder = publishedFolder(warehouse)!;
  return filesIn(site).flatMap((file) => {
    const match = /^_file\/data\/(.+)\.([0-9a-f]{8})\.(arrow|duckdb)$/.exec(file);
    const path = match && join(folder, `${match[1]}.${match[3]}`);
    if (!match || !path || !existsSync(path)) return [];
    if (createHash("sha256").update(readFileSync(path)).digest("hex").startsWith(match[2]!)) return [];
    return [{page: file, message: "is not what this workspace has published: end other previews, and build again"}];
  });
}
