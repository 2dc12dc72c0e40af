import {createReadStream, existsSync} from "node:fs";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import {parseArgs} from "node:util";
import {publishedFolder} from "../publish/published.js";
import {refresh} from "../refresh.js";
import {readWorkspace} from "../workspace.js";
import {isStale} from "./freshness.js";

/**
 * A loader of the site: copies the published file named by `--file` to stdout. Where Framework runs without the
 * command, the first loader to find the state missing or older than its inputs refreshes it.
 */
export async function servePublished(ending: string): Promise<void> {
  const {values} = parseArgs({options: {file: {type: "string"}}});
  const name = `${values.file}.${ending}`;
  const workspace = readWorkspace();
  if (!process.env.TENFOLD_REFRESHED && isStale(workspace)) {
    const say = (message: string) => console.error(message);
    await refresh(workspace, {progress: {step() {}, note: say, warn: say}});
  }
  const folder = publishedFolder(workspace.warehouse);
  if (folder === undefined || !existsSync(join(folder, name))) {
    throw new Error(
      `not published: ${name}: is there a query or a model of that name, and is it marked for publishing?`
    );
  }
  await pipeline(createReadStream(join(folder, name)), process.stdout);
}
