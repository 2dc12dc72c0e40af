import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatNumber, formatPercent, formatShort, plural} from "../format.js";
import {frequencyText, type MapCell} from "./bins.js";

export interface MapOptions {
  /** `alive`: P(alive); `orders`: expected orders. */
  shade: string;
  horizon: string;
  /** Which model drew it: `MBG/NBD, as refreshed`. */
  source: string;
  /** Customers in cells that are too small to publish. */
  hidden?: number;
  asOf?: string;
}

/** Customers by repeat orders and time since the last order, shaded by what is forecast of them. */
export function BuyerMap(
  cells: readonly MapCell[],
  {shade, horizon, source, hidden = 0, asOf}: MapOptions
): HTMLElement {
  const hasAlive = cells.some((cell) => cell.p_alive !== null);
  const hasForecast = cells.some((cell) => cell.expected_orders !== null);
  const key = shade === "alive" && hasAlive ? "p_alive" : "expected_orders";
  const write = key === "p_alive" ? (v: number) => formatPercent(v, 0) : (v: number) => formatNumber(v, v < 1 ? 2 : 1);
  const what = key === "p_alive" ? "probability of still being a customer" : `orders expected in ${horizon}`;
  const title = `Customers by repeat orders and time since the last${hasForecast ? ` · forecast by ${source}` : ""}`;
  return Figure({
    title,
    name: "buyer-map",
    finding: finding(cells, hasAlive),
    data: cells,
    columns: {
      frequency: {label: "Repeat orders", format: (v: number) => frequencyText(v), align: "right"},
      quiet: {label: "Weeks since the last order", format: (v: number, cell) => weeks(v, cell.step), align: "right"},
      customers: "Customers",
      p_alive: {
        label: "Still a customer (forecast)",
        format: (v: number | null) => formatPercent(v, 0),
        align: "right"
      },
      expected_orders: {
        label: `Orders in ${horizon} (forecast)`,
        format: (v: number | null) => formatNumber(v, 2),
        align: "right"
      }
    },
    caption: [
      hasForecast
        ? `Each cell: how many customers; shaded, and below, their mean ${what} (forecast).`
        : "Each cell: how many customers. Nothing can be forecast of them.",
      hasForecast && !hasAlive ? "P(alive) is not shown: no drop-out can be told from these data." : "",
      hidden > 0 ? `${plural(hidden, "customer")} in cells too small to publish are left out.` : ""
    ]
      .filter(Boolean)
      .join(" "),
    asOf,
    empty: "No map: nobody here has ordered.",
    render: (width) => draw(cells, key, write, width, `${title}: ${finding(cells, hasAlive)}`)
  });
}

function finding(cells: readonly MapCell[], hasAlive: boolean): string {
  const all = cells.reduce((sum, cell) => sum + cell.customers, 0);
  const once = cells.filter((cell) => cell.frequency === 0).reduce((sum, cell) => sum + cell.customers, 0);
  const alive = cells.reduce((sum, cell) => sum + cell.customers * (cell.p_alive ?? 0), 0);
  const part = formatPercent(once / all, 0);
  if (!hasAlive) return `${part} of ${plural(all, "customer")} have ordered once.`;
  return `About ${formatCount(alive)} of ${formatCount(all)} customers are likely still buying; ${part} have ordered once.`;
}

function weeks(quiet: number, step: number): string {
  const from = quiet / 7;
  return step === 7 ? String(from) : `${from}–${from + step / 7 - 1}`;
}

function draw(
  cells: readonly MapCell[],
  key: "p_alive" | "expected_orders",
  write: (value: number) => string,
  width: number,
  label: string
) {
  const step = cells[0]!.step;
  const columns = range(0, Math.max(...cells.map((cell) => cell.quiet)), step);
  const rows = [...new Set(cells.map((cell) => cell.frequency))].sort((a, b) => b - a);
  const left = 44;
  const band = (Math.min(width, 820) - left) / columns.length;
  const isWide = band >= 40;
  const most = Math.max(...cells.map((cell) => cell[key] ?? 0), 1e-9);
  const strength = (cell: MapCell) => 0.05 + 0.9 * ((cell[key] ?? 0) / (key === "p_alive" ? 1 : most));
  const ink = (cell: MapCell) => (strength(cell) > 0.62 ? colors.onAccent : colors.ink);
  const height = isWide ? 40 : 26;
  return chart({
    label,
    width: Math.min(width, 820),
    height: rows.length * height + 56,
    marginLeft: left,
    marginRight: 0,
    marginTop: 20,
    marginBottom: 36,
    x: {
      type: "band",
      domain: columns,
      padding: 0.03,
      tickSize: 0,
      tickFormat: (quiet: number) => String(quiet / 7),
      label: step === 7 ? "weeks since the last order" : `weeks since the last order, from`,
      labelAnchor: "center",
      labelArrow: "none"
    },
    y: {
      type: "band",
      domain: rows,
      padding: 0.05,
      tickSize: 0,
      label: null,
      tickFormat: (f: number) => frequencyText(f)
    },
    marks: [
      Plot.cell(cells, {
        x: "quiet",
        y: "frequency",
        fill: colors.accent,
        fillOpacity: {value: strength, scale: null},
        title: (cell: MapCell) =>
          `${frequencyText(cell.frequency)} repeat orders, last ${weeks(cell.quiet, step)} weeks ago: ${formatCount(cell.customers)} customers${cell.p_alive === null ? "" : `, ${formatPercent(cell.p_alive, 0)} still buying`}${cell.expected_orders === null ? "" : `, ${formatNumber(cell.expected_orders, 2)} orders expected`}`
      }),
      Plot.text(cells, {
        x: "quiet",
        y: "frequency",
        text: (cell: MapCell) => formatShort(cell.customers),
        dy: isWide ? -7 : 0,
        fontSize: isWide ? 12 : band < 24 ? 8.5 : 10,
        fill: ink
      }),
      ...(isWide
        ? [
            Plot.text(
              cells.filter((cell) => cell[key] !== null),
              {x: "quiet", y: "frequency", text: (cell: MapCell) => write(cell[key]!), dy: 8, fontSize: 10.5, fill: ink}
            )
          ]
        : []),
      Plot.text(["repeat orders ↓"], {
        frameAnchor: "top-left",
        dx: -left,
        dy: -16,
        textAnchor: "start",
        fill: colors.muted
      })
    ]
  });
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({length: Math.round((to - from) / step) + 1}, (_, i) => from + i * step);
}
