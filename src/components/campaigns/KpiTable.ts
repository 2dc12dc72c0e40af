import {kpis} from "../../lib/response/kpis.js";
import {formatCount, formatMoney, formatPercent} from "../format.js";
import {Table} from "../Table.js";
import {isKnown, responseOf, type ArmSummary, type Campaign} from "./campaigns.js";

/** Every figure of a campaign with its 95% interval and what it is divided by. */
export function KpiTable(
  summary: ArmSummary,
  {campaign, currency}: {campaign: Campaign; currency: string}
): HTMLElement {
  const rows = kpis.map(({name, label, unit, value, definition}) => {
    if (!isKnown(name, campaign)) return {figure: label, value: "–", from: "–", to: "–", definition};
    const {estimate, lower, upper} = value(responseOf(summary, campaign.margin));
    const write = (v: number) =>
      !Number.isFinite(v)
        ? "–"
        : unit === "money"
          ? formatMoney(v, currency)
          : unit === "count"
            ? formatCount(v)
            : formatPercent(v, 2);
    return {figure: label, value: write(estimate), from: write(lower), to: write(upper), definition};
  });
  return Table(rows, {
    caption: `Figures of ${campaign.name}`,
    name: "figures",
    columns: {figure: "Figure", value: "Value", from: "95% from", to: "to", definition: "Is"}
  });
}
