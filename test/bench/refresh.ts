import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {refresh} from "../../loaders/refresh.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {dataset, type Dataset} from "./dataset.js";
import {handWritten} from "./handWritten.js";
import {clock, events, median, runs, seconds, type Row} from "./report.js";

interface Times {
  whole: number;
  ingest: number;
  steps: Record<string, number>;
}

/** A refresh of CSV files against a hand-written script; then one with nothing new, then one with 1% more. */
export async function refreshBench(): Promise<Row[]> {
  const data = await dataset(events);
  const script: Record<string, number>[] = [];
  const first: Times[] = [];
  const calendar: Times[] = [];
  const nothing: Times[] = [];
  const more: Times[] = [];
  for (let run = 0; run < runs; ++run) {
    const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "tenfold-bench-run-"));
    try {
      warm(data);
      script.push(await handWritten(data.landing, join(folder, "script.duckdb")));
      rmSync(join(folder, "script.duckdb"), {force: true});
      const root = workspaceFolder(folder, data);
      first.push(await timeRefresh(root));
      nothing.push(await timeRefresh(root));
      copyFileSync(data.increment, join(root, "landing", "events", "events-5.csv"));
      more.push(await timeRefresh(root));
      rmSync(join(root, "landing", "events", "events-5.csv"));
      if (run === 0 && process.env.BENCH_HISTORY !== "0") {
        rmSync(join(root, "warehouse"), {recursive: true});
        setHistory(root, 12);
        calendar.push(await timeRefresh(root));
      }
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  }
  const total = median(script.map((times) => Object.values(times).reduce((sum, step) => sum + step, 0)));
  const whole = (times: Times[]) => median(times.map((time) => time.whole));
  // The script takes in, makes profiles and ranks; the rest of a refresh has no counterpart there.
  const alike = (times: Times[]) =>
    median(times.map(({ingest, steps}) => ingest + (steps["core.profiles"] ?? 0) + (steps["derived.deciles"] ?? 0)));
  const ingested = (times: Times[]) => median(times.map((time) => time.ingest));
  const millions = `${events / 1e6} M events, ${Math.round(data.bytes / 1e6)} MB of CSV`;
  if (process.env.BENCH_STEPS) console.log({script: script[0], first: first[0], nothing: nothing[0], more: more[0]});
  return [
    {what: `hand-written script, ${millions}`, measured: seconds(total)},
    {
      what: "what the script does, in a first refresh: ingestion, profiles, deciles",
      measured: seconds(alike(first)),
      against: "script",
      ratio: alike(first) / total,
      target: 1.6
    },
    {what: "of it ingestion", measured: seconds(ingested(first)), against: "script", ratio: ingested(first) / total},
    {
      what: "whole first refresh, history 0: every model, and publishing",
      measured: seconds(whole(first)),
      against: "script",
      ratio: whole(first) / total
    },
    ...(calendar.length === 0
      ? []
      : [
          {
            what: "whole first refresh, history 12",
            measured: seconds(whole(calendar)),
            against: "script",
            ratio: whole(calendar) / total
          }
        ]),
    {
      what: "refresh, nothing new",
      measured: seconds(whole(nothing)),
      against: "whole first",
      ratio: whole(nothing) / whole(first),
      target: 0.03
    },
    {
      what: "ingestion of 1% more",
      measured: seconds(ingested(more)),
      against: "first ingestion",
      ratio: ingested(more) / ingested(first),
      target: 0.04
    },
    {
      what: "refresh with 1% more",
      measured: seconds(whole(more)),
      against: "whole first",
      ratio: whole(more) / whole(first),
      target: 0.5
    }
  ];
}

/** Reads the files once, so that the first to come does not pay for the disk. */
function warm({landing, increment}: Dataset): void {
  const files = readdirSync(landing, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
  for (const path of [increment, ...files.map(({parentPath, name}) => join(parentPath, name))]) readFileSync(path);
}

/** The bench's workspace with the files landed (linked, not copied). */
export function workspaceFolder(folder: string, {landing}: Dataset): string {
  const root = join(folder, "workspace");
  cpSync(join(import.meta.dirname, "workspace"), root, {recursive: true});
  const files = ["members/members.csv", ...[1, 2, 3, 4].map((part) => `events/events-${part}.csv`)];
  for (const file of files) {
    mkdirSync(dirname(join(root, "landing", file)), {recursive: true});
    symlinkSync(join(landing, file), join(root, "landing", file));
  }
  return root;
}

function setHistory(root: string, history: number): void {
  const path = join(root, "workspace.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace(/^history: .*$/m, `history: ${history}`));
}

async function timeRefresh(root: string): Promise<Times> {
  const start = clock();
  let last = start;
  let name = "start";
  let ingest = 0;
  const steps: Record<string, number> = {};
  const step = (next: string) => {
    const now = clock();
    steps[name] = (steps[name] ?? 0) + (now - last) / 1000;
    // Opening the warehouse and reading the definitions (`start`) is the same for any number of rows.
    if (name.startsWith("taking in")) ingest += (now - last) / 1000;
    [last, name] = [now, next];
  };
  await refresh(readWorkspace({data: root}), {progress: {step, note() {}, warn() {}}});
  step("end");
  return {whole: (clock() - start) / 1000, ingest, steps};
}
