/** Repetitions of each measurement; the median counts. */
export const runs = Number(process.env.BENCH_RUNS ?? 5);

/** Milliseconds that pass, or that this process computes: the fairer measure where other work keeps the cores busy. */
export const clock = process.env.BENCH_CLOCK === "cpu" ? cpuMilliseconds : () => performance.now();

function cpuMilliseconds(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** How many events the refresh is measured with. */
export const events = Number(process.env.BENCH_EVENTS ?? 10_000_000);

export interface Row {
  what: string;
  measured: string;
  /** Against what `ratio` stands. */
  against?: string;
  ratio?: number;
  /** The most that `ratio` may be. */
  target?: number;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The rows as a Markdown table. */
export function table(rows: Row[]): string {
  const lines = rows.map(({what, measured, against = "", ratio, target}) => [
    what,
    measured,
    against,
    ratio === undefined ? "" : ratio.toFixed(ratio < 0.1 ? 3 : 2),
    target === undefined ? "" : `≤ ${Number(target.toPrecision(2))}`,
    ratio === undefined || target === undefined ? "" : ratio <= target ? "yes" : "no"
  ]);
  const all = [["what", "measured", "against", "ratio", "target", "held"], ...lines];
  const widths = all[0]!.map((_, i) => Math.max(...all.map((line) => line[i]!.length)));
  const text = all.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  return [text[0], `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...text.slice(1)].join("\n");
}

export function seconds(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 2)} s`;
}
