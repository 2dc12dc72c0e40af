import {createReadStream, existsSync} from "node:fs";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import {parseArgs} from "node:util";
import {publishedFolder} from "../publish/published.js";
import {refresh} from "../refresh.js";
import {readWorkspace} from "../workspace.js";

/** A loader of the site: copies the published file named by `--file` to stdout. */
export async function servePublished(ending: string): Promise<void> {
  const {values} = parseArgs({options: {file: {type: "string"}}});
  const name = `${values.file}.${ending}`;
  const workspace = readWorkspace();
  let folder = publishedFolder(workspace.warehouse);
  if (folder === undefined) {
    await refresh(workspace);
    folder = publishedFolder(workspace.warehouse);
  }
  if (folder === undefined || !existsSync(join(folder, name))) throw new Error(`not published: ${name}`);
  await pipeline(createReadStream(join(folder, name)), process.stdout);
}
