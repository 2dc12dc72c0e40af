import {stillOpen} from "../../lib/response/describeLift.js";
import {Figure} from "../Figure.js";
import {formatMoney, formatMoneyShort, formatPercent, plural} from "../format.js";
import type {CampaignFigure, ProfitRow} from "./campaigns.js";
import {intervalRows} from "./intervalRows.js";

/** Incremental profit of each arm and window with its 95% interval and the line at which mailing pays. */
export function ProfitFigure(rows: readonly ProfitRow[], {name, asOf, currency}: CampaignFigure): HTMLElement {
  const profits = [...rows].sort((a, b) => a.arm_position - b.arm_position || a.window_days - b.window_days);
  const money = (v: number | null) => formatMoney(v, currency);
  const first = profits[0];
  const open = profits.some((row) => !row.is_complete);
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
      lower: {label: "95% from", format: money},
      upper: {label: "to", format: money},
      difference: {label: "Per person", format: money},
      break_even: {label: "Breaks even at", format: money}
    },
    caption: `What the people held out show to be gained: ${basis} less ${money(first?.cost_per_send ?? 0)} a mail. Right of the line mailing pays.${open ? " Hollow: the window has not passed yet for everybody." : ""}`,
    asOf,
    empty: "The campaign's definition names neither a cost per mail nor a margin, or nobody was held out.",
    render: (width) =>
      intervalRows(profits, {
        label: `Incremental profit, ${name}`,
        width,
        value: (row) => row.profit,
        format: (v) => formatMoneyShort(v, currency)
      })
  });
}

function finding(profits: readonly ProfitRow[], money: (value: number | null) => string): string | undefined {
  const first = profits.filter((row) => row.arm_position === profits[0]?.arm_position);
  const row = first.findLast(({is_complete}) => is_complete) ?? first.at(-1);
  if (!row || row.lower === null || row.upper === null) return undefined;
  const range = `${row.is_complete ? "" : stillOpen(row.window_days)}95% interval ${money(row.lower)} to ${money(row.upper)}`;
  const within = row.is_complete ? `within ${plural(row.window_days, "day")}` : "so far";
  if (row.lower > 0) return `The mailing earned ${money(row.profit)} ${within} after its cost (${range}).`;
  if (row.upper < 0) return `The mailing lost ${money(-row.profit)} ${within} (${range}).`;
  return `Whether the mailing paid cannot be told yet: ${money(row.profit)} ${within} (${range}). It breaks even at ${money(row.break_even)} per person assigned.`;
}
