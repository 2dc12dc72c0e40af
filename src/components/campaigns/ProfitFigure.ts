import * as Plot from "@observablehq/plot";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatMoney, formatMoneyShort, formatPercent, plural} from "../format.js";
import type {CampaignFigure, ProfitRow} from "./campaigns.js";

/** Incremental profit of each arm and window with its 95 % interval and the line at which mailing pays. */
export function ProfitFigure(rows: readonly ProfitRow[], {name, asOf, currency}: CampaignFigure): HTMLElement {
  const profits = [...rows].sort((a, b) => a.arm_position - b.arm_position || a.window_days - b.window_days);
  const money = (v: number | null) => formatMoney(v, currency);
  const first = profits[0];
  const basis = first?.is_margin_given
    ? `${formatPercent(first.margin, 0)} of revenue`
    : "revenue, as no margin is given,";
  return Figure({
    title: `Incremental profit · ${name}`,
    finding: finding(profits, money),
    data: profits,
    columns: {
      arm_label: "Arm",
      window_days: {label: "Within", format: (v: number) => plural(v, "day")},
      mails: "Mails",
      cost: {label: "Cost", format: money},
      revenue: {label: "Incremental revenue", format: money},
      profit: {label: "Profit", format: money},
      lower: {label: "95 % from", format: money},
      upper: {label: "to", format: money},
      difference: {label: "Per person", format: money},
      break_even: {label: "Breaks even at", format: money}
    },
    caption: `What the people held out show to be gained: ${basis} less ${money(first?.cost_per_send ?? 0)} a mail. Right of the line mailing pays. Hollow: the window has not passed yet for everybody.`,
    asOf,
    empty: "The campaign's definition names neither a cost per mail nor a margin, or nobody was held out.",
    render: (width) => draw(profits, width, `Incremental profit, ${name}`, currency)
  });
}

function finding(profits: readonly ProfitRow[], money: (value: number | null) => string): string | undefined {
  const first = profits.filter((row) => row.arm_position === profits[0]?.arm_position);
  const row = first.findLast(({is_complete}) => is_complete) ?? first.at(-1);
  if (!row || row.lower === null || row.upper === null) return undefined;
  const range = `95 % interval ${money(row.lower)} to ${money(row.upper)}`;
  const within = `within ${plural(row.window_days, "day")}`;
  if (row.lower > 0) return `The mailing earned ${money(row.profit)} ${within} after its cost (${range}).`;
  if (row.upper < 0) return `The mailing lost ${money(-row.profit)} ${within} (${range}).`;
  return `Whether the mailing paid cannot be told yet: ${money(row.profit)} ${within} (${range}). It breaks even at ${money(row.break_even)} per person assigned.`;
}

function draw(rows: readonly ProfitRow[], width: number, label: string, currency: string) {
  const narrow = width < 480;
  const place = (row: ProfitRow) => `${row.arm_label}, ${row.window_days} d`;
  const known = rows.filter((row) => row.lower !== null && row.upper !== null);
  const color = (row: ProfitRow) => (row.lower! > 0 ? colors.good : row.upper! < 0 ? colors.bad : colors.muted);
  const ends = known.flatMap((row) => [row.lower!, row.upper!, 0]);
  return chart({
    label,
    width,
    height: rows.length * 30 + 40,
    marginLeft: narrow ? 128 : 176,
    marginRight: narrow ? 60 : 84,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      domain: [Math.min(...ends), Math.max(...ends)],
      tickFormat: (v: number) => formatMoneyShort(v, currency),
      ticks: narrow ? 3 : 5,
      nice: true
    },
    y: {label: null, tickSize: 0, domain: rows.map(place), type: "point", padding: 0.6},
    marks: [
      Plot.ruleX([0], {stroke: colors.ink}),
      Plot.ruleY(known, {y: place, x1: "lower", x2: "upper", stroke: color, strokeWidth: 2}),
      Plot.dot(known, {
        y: place,
        x: "profit",
        r: 4.5,
        fill: (row) => (row.is_complete ? color(row) : colors.paper),
        stroke: color,
        strokeWidth: 2
      }),
      Plot.text(known, {
        y: place,
        x: "upper",
        text: (row) => formatMoneyShort(row.profit, currency),
        dx: 8,
        textAnchor: "start",
        fill: colors.ink
      })
    ]
  });
}
