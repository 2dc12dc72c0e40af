import {spawn, spawnSync, type ChildProcessWithoutNullStreams} from "node:child_process";
import {mkdirSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {projectRoot} from "../../../loaders/workspace.js";

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const bin = join(projectRoot, "loaders/tenfold.js");

/** Runs the command as people do, in a process of its own. */
export function tenfold(...args: string[]): Outcome {
  return tenfoldWith({}, ...args);
}

/** The same with environment variables. */
export function tenfoldWith(environment: Record<string, string>, ...args: string[]): Outcome {
  const {status, signal, stdout, stderr} = spawnSync(process.execPath, [bin, ...args], {
    env: {...surroundings(), ...environment},
    encoding: "utf8"
  });
  return {code: status, signal, stdout, stderr};
}

/** The same without waiting in the way of servers of this process that the command talks to. */
export async function tenfoldBeside(...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], {env: surroundings()});
  return await outcomeOf(child);
}

/** Runs the command and sends it a signal as soon as it says something on stderr. */
export async function interrupted(signal: NodeJS.Signals, at: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], {env: surroundings()});
  return await outcomeOf(child, (stderr) => stderr.includes(at) && child.kill(signal));
}

async function outcomeOf(child: ChildProcessWithoutNullStreams, heard?: (stderr: string) => void): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard?.(stderr);
  });
  return await new Promise((resolve) =>
    child.on("close", (code, ended) => resolve({code, signal: ended, stdout, stderr}))
  );
}

/** Writes a CSV of 50 orders by seven customers in January 2024. */
export function writeOrders(file: string): void {
  const day = (i: number) => `2024-01-${String((i % 28) + 1).padStart(2, "0")}`;
  const rows = Array.from({length: 50}, (_, i) => `${i},c${i % 7},${day(i)},${i}.50`);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, ["order_id,customer_id,ordered_at,amount", ...rows, ""].join("\n"));
}

function surroundings(): NodeJS.ProcessEnv {
  const {TENFOLD_DATA: _data, TENFOLD_LANDING: _landing, TENFOLD_KEY: _key, ...env} = process.env;
  return env;
}
