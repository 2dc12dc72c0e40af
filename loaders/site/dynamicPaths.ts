import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {tableFromIPC} from "apache-arrow";
import {isPathName} from "../../lib/pathName.js";
import {publishedFolder} from "../publish/published.js";
import {workspaceRoot} from "../workspace.js";

/** Pages that stand for one thing each: the published file that lists them, the column that names them, their folder. */
const perItem = [
  {file: "audiences.arrow", column: "audience_id", folder: "audiences"},
  {file: "campaigns.arrow", column: "campaign_id", folder: "campaigns"}
];

/** The pages to be built of every item that is published: `/campaigns/spring`. Names that no path can hold have none. */
export function dynamicPaths(): string[] {
  const folder = publishedFolder(join(workspaceRoot(), "warehouse"));
  return perItem.flatMap(({file, column, folder: pages}) => {
    const path = folder && join(folder, file);
    if (!path || !existsSync(path)) return [];
    const ids = tableFromIPC(readFileSync(path)).getChild(column)?.toArray() as Iterable<string> | undefined;
    return [...(ids ?? [])].filter(isPathName).map((id) => `/${pages}/${id}`);
  });
}
