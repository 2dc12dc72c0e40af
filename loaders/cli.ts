#!/usr/bin/env -S npx tsx
import {parseArgs} from "node:util";
import {refresh} from "./refresh.js";
import {readWorkspace} from "./workspace.js";

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    data: {type: "string"},
    landing: {type: "string"},
    json: {type: "boolean"},
    full: {type: "boolean"},
    "as-of": {type: "string"},
    only: {type: "string"}
  }
});
const workspace = readWorkspace(values);
if (positionals[0] === "refresh") {
  const report = await refresh(workspace, {full: values.full, asOf: values["as-of"], only: values.only});
  console.log(JSON.stringify(report, null, 2));
}
