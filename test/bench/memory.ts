import {spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {projectRoot} from "../../loaders/workspace.js";
import {dataset} from "./dataset.js";
import {workspaceFolder} from "./refresh.js";
import {events, type Row} from "./report.js";

/** The most memory the whole process holds in a first refresh, the engine limited to 1 GB. */
export async function memoryBench(): Promise<Row[]> {
  const data = await dataset(events);
  const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "tenfold-bench-memory-"));
  try {
    const root = workspaceFolder(folder, data);
    const path = join(root, "workspace.yaml");
    writeFileSync(path, `${readFileSync(path, "utf8")}\nengine: {memory_limit: 1GB}\n`);
    const peak = await peakMemory(["loaders/tenfold.js", "refresh", "--data", root]);
    return [
      {
        what: `memory of a ${events / 1e6} M-event refresh, engine limit 1 GB`,
        measured: `${(peak / 1e9).toFixed(2)} GB`,
        against: "1 GB",
        ratio: peak / 1e9,
        target: 1.5
      }
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Runs a command of the project; its largest resident set in bytes, as the kernel counted it. */
async function peakMemory(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, {cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"]});
  let peak = 0;
  const poll = setInterval(() => {
    try {
      const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
      if (line) peak = Math.max(peak, Number(line[1]) * 1024);
    } catch {
      // The process has just ended, or this system has no /proc.
    }
  }, 50);
  const code = await new Promise<number | null>((done) => child.on("exit", done));
  clearInterval(poll);
  if (code !== 0) throw new Error(`the refresh ended with ${code}`);
  if (peak === 0) throw new Error("this system does not say how much memory a process holds");
  return peak;
}
