import {cpus, loadavg, totalmem, type} from "node:os";
import {runs, table, type Row} from "./report.js";

/** `npm run bench [-- part…]`: each part prints rows of one table; sizes and runs by environment (src/docs/speed.md). */
const parts: Record<string, () => Promise<Row[]>> = {
  refresh: async () => (await import("./refresh.js")).refreshBench(),
  first: async () => (await import("./firstChart.js")).firstChartBench(),
  memory: async () => (await import("./memory.js")).memoryBench(),
  segments: async () => (await import("./segments.js")).segmentsBench(),
  audiences: async () => (await import("./audiences.js")).audiencesBench(),
  value: async () => (await import("./value.js")).valueBench(),
  activation: async () => (await import("./activation.js")).activationBench()
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in parts)) throw new Error(`unknown part ${name}: one of ${Object.keys(parts).join(", ")}`);
}
console.log(
  `${type()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ` +
    `median of ${runs}${process.env.BENCH_CLOCK === "cpu" ? ", seconds of CPU" : ""}\n`
);
const load = () =>
  `load average ${loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")}`;
const before = load();
const rows: Row[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await part()));
}
console.log(`${table(rows)}\n\n${before} before, ${load()} after`);
if (rows.some((row) => row.target !== undefined && row.ratio !== undefined && row.ratio > row.target))
  process.exitCode = 3;
