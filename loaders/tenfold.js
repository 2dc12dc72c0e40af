#!/usr/bin/env node
// Lets Node read TypeScript, then runs the command.
import {register} from "tsx/esm/api";

register();
const {main} = await import("./cli.ts");
await main(process.argv.slice(2));
