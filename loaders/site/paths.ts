import {join} from "node:path";
import {projectRoot} from "../workspace.js";

/** Where the site's sources and Framework's cache lie. */
export const siteRoot = join(projectRoot, "src");
export const cacheRoot = join(siteRoot, ".observablehq", "cache");
export const frameworkBin = join(projectRoot, "node_modules/@observablehq/framework/dist/bin/observable.js");
