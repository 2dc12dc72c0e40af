import {existsSync, mkdirSync, readdirSync, statSync, writeFileSync} from "node:fs";
import {basename, join, resolve} from "node:path";
import {showPath} from "../workspace.js";
import {UsageError, type Command} from "./command.js";
import {starter} from "./starter.js";
import {toJson} from "./text.js";

export const initCommand: Command = {
  name: "init",
  summary: "begin a workspace of one's own",
  positionals: ["DIR"],
  options: {},
  details: ["Writes definitions for a CSV file of orders, with comments, into an empty or new folder."],
  async run(call) {
    const root = resolve(call.positionals[0]!);
    refuseOccupied(root);
    const files = starter(title(basename(root)));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, name, ".."), {recursive: true});
      writeFileSync(join(root, name), text);
    }
    for (const name of ["landing", "models", "audiences", "campaigns", "destinations"])
      mkdirSync(join(root, name), {recursive: true});
    const {writeSchemas} = await import("./writeSchemas.js");
    writeSchemas(join(root, "schemas"));
    const shown = showPath(root);
    await call.print(
      call.json
        ? toJson({root, files: Object.keys(files)})
        : [
            `a workspace begins in ${shown}`,
            "",
            `1. put your orders into ${join(shown, "landing", "orders.csv")}: order_id,customer_id,ordered_at,amount`,
            `2. say what its columns are called in ${join(shown, "sources", "orders.yaml")}`,
            `3. npx tenfold preview --data ${shown}`,
            ""
          ].join("\n")
    );
  }
};

function refuseOccupied(root: string) {
  if (!existsSync(root)) return;
  if (!statSync(root).isDirectory())
    throw new UsageError(`${showPath(root)} is a file: expected a new or empty folder`, "init");
  const [found] = readdirSync(root);
  if (found !== undefined) throw new UsageError(`${showPath(root)} is not empty: it holds ${found}`, "init");
}

function title(name: string): string {
  const words = name.replace(/[-_.]+/g, " ").trim();
  return words === "" ? "My workspace" : `${words[0]!.toUpperCase()}${words.slice(1)}`;
}
