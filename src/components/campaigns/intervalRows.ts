import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";

/** A difference with its 95% interval, as a row of a chart. */
interface IntervalRow {
  arm_label: string;
  window_days: number;
  lower: number | null;
  upper: number | null;
  is_complete: boolean;
}

export interface IntervalRowsOptions<T> {
  label: string;
  width: number;
  value(row: T): number;
  /** Writes a value on the axis and beside its dot. */
  format(value: number): string;
}

/**
 * One row per arm and window: a dot with its interval and the line of nothing gained; green where the interval lies right
 * of it, red where it lies left, hollow where the window has not passed yet for everybody.
 */
export function intervalRows<T extends IntervalRow>(rows: readonly T[], options: IntervalRowsOptions<T>) {
  const {label, width, value, format} = options;
  const hasWindows = new Set(rows.map((row) => row.window_days)).size > 1;
  const narrow = width < 480;
  const place = (row: T) => (hasWindows ? `${row.arm_label}, ${row.window_days} d` : row.arm_label);
  const known = rows.filter((row) => row.lower !== null && row.upper !== null);
  const clear = (row: T) => (row.lower! > 0 ? colors.good : row.upper! < 0 ? colors.bad : colors.muted);
  const ends = known.flatMap((row) => [row.lower!, row.upper!, 0]);
  return chart({
    label,
    width,
    height: rows.length * 30 + 40,
    marginLeft: narrow ? 128 : 176,
    marginRight: narrow ? 60 : 80,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      domain: [Math.min(...ends), Math.max(...ends)],
      tickFormat: format,
      ticks: narrow ? 3 : 5,
      nice: true
    },
    y: {label: null, tickSize: 0, domain: rows.map(place), type: "point", padding: 0.6},
    marks: [
      Plot.ruleX([0], {stroke: colors.ink}),
      Plot.ruleY(known, {y: place, x1: "lower", x2: "upper", stroke: clear, strokeWidth: 2}),
      Plot.dot(known, {
        y: place,
        x: value,
        r: 4.5,
        fill: (row) => (row.is_complete ? clear(row) : colors.paper),
        stroke: clear,
        strokeWidth: 2
      }),
      Plot.text(known, {
        y: place,
        x: "upper",
        text: (row) => format(value(row)),
        dx: 8,
        textAnchor: "start",
        fill: colors.ink
      })
    ]
  });
}
