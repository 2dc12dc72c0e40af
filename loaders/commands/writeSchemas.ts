import {mkdirSync, writeFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {jsonSchemas} from "../../lib/definitions/jsonSchemas.js";
import {projectRoot} from "../workspace.js";
import {toJson} from "./text.js";

/** Writes the JSON Schemas of a workspace's files into a folder. */
export function writeSchemas(folder: string): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, schema] of Object.entries(jsonSchemas()))
    writeFileSync(join(folder, `${name}.json`), toJson(schema));
}

if (resolve(process.argv[1] ?? "") === import.meta.filename) writeSchemas(join(projectRoot, "data", "schemas"));
