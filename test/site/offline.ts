import {spawn, spawnSync} from "node:child_process";
import {pathToFileURL} from "node:url";
import {join} from "node:path";
import {projectRoot} from "../../loaders/workspace.js";

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** How the network is kept out: a namespace of its own where the system allows one, else a preload. */
export function isolation(): "unshare -rn" | "preload" {
  return spawnSync("unshare", ["-rn", "true"]).status === 0 ? "unshare -rn" : "preload";
}

/** Runs `tenfold` with every socket but loopback refused. */
export async function tenfoldOffline(...args: string[]): Promise<Ran> {
  const command = [process.execPath, join(projectRoot, "loaders/tenfold.js"), ...args];
  const isApart = isolation() === "unshare -rn";
  const [file, ...rest] = isApart ? ["unshare", "-rn", ...command] : command;
  const block = `--import ${pathToFileURL(join(import.meta.dirname, "noSockets.mjs")).href}`;
  const child = spawn(file!, rest, {
    cwd: projectRoot,
    env: {...process.env, NODE_OPTIONS: isApart ? (process.env.NODE_OPTIONS ?? "") : block},
    stdio: ["ignore", "pipe", "pipe"]
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return {code, stdout: stdout!(), stderr: stderr!()};
}
