import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const path = createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js");
process.stdout.write(readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
