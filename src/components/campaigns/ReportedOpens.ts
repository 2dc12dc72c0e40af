import * as Plot from "@observablehq/plot";
import {estimatedOpens} from "../../lib/response/estimatedOpens.js";
import {wilson} from "../../lib/stats/wilson.js";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent} from "../format.js";
import type {ArmSummary, CampaignFigure} from "./campaigns.js";

interface Bar {
  response: string;
  counted: string;
  mails: number;
  rate: number;
  lower: number;
  upper: number;
}

/** Opens and clicks as reported beside those by people: what machines add. */
export function ReportedOpens(summary: ArmSummary, {name, asOf}: CampaignFigure): HTMLElement {
  const bar = (response: string, counted: string, mails: number): Bar => {
    const {estimate, lower, upper} = wilson(Math.min(mails, summary.delivered), summary.delivered);
    return {response, counted, mails, rate: estimate, lower, upper};
  };
  const extra = summary.opened - summary.human_opened;
  const estimated = estimatedOpens({
    humanOpened: summary.human_opened,
    humanOpenedClicked: summary.human_opened_clicked,
    onlyMachineOpened: summary.only_machine_opened,
    onlyMachineOpenedClicked: summary.only_machine_opened_clicked
  });
  const bars =
    summary.opened + summary.clicked === 0
      ? []
      : [
          bar("opens", "as reported", summary.opened),
          bar("opens", "by people", summary.human_opened),
          ...(estimated !== undefined && extra > 0 ? [bar("opens", "estimated", Math.round(estimated))] : []),
          bar("clicks", "as reported", summary.clicked),
          bar("clicks", "by people", summary.human_clicked)
        ];
  return Figure({
    title: `Opens and clicks, as reported and by people · ${name}`,
    finding:
      extra > 0
        ? `Machines alone opened ${formatCount(extra)} of the ${formatCount(summary.opened)} mails reported as opened: the rate is ${formatPercent(bars[1]?.rate)}, not ${formatPercent(bars[0]?.rate)}.`
        : "No mail was opened by machines alone.",
    data: bars,
    columns: {
      response: "Response",
      counted: "Counted",
      mails: "Mails",
      rate: {label: "Of delivered", format: (v: number) => formatPercent(v)},
      lower: {label: "95% from", format: (v: number) => formatPercent(v)},
      upper: {label: "to", format: (v: number) => formatPercent(v)}
    },
    caption:
      "A mail counts once. Machines are told by the provider's flag, by the program that asked, by opens and clicks within two seconds of delivery, and by three links followed within ten. Estimated adds opens that a proxy hides, by the clicks of those mails. Even so, an open is not an outcome: decide on the comparison with the people held out.",
    asOf,
    empty: "No opens or clicks are recorded for this campaign.",
    render: (width) =>
      chart({
        label: `Opens and clicks as reported and by people, ${name}`,
        width,
        height: bars.length * 34 + 14,
        marginLeft: 132,
        marginRight: 64,
        marginTop: 4,
        x: {axis: null, domain: [0, Math.max(0.01, ...bars.map((b) => b.upper))]},
        y: {label: null, tickSize: 0, domain: bars.map(rowName), padding: 0.25},
        marks: [
          Plot.barX(bars, {
            y: rowName,
            x: "rate",
            fill: (b) => (b.counted === "by people" ? colors.accent : colors.accentSoft)
          }),
          Plot.ruleY(bars, {y: rowName, x1: "lower", x2: "upper", stroke: colors.ink}),
          Plot.text(bars, {
            y: rowName,
            x: "upper",
            text: (b) => formatPercent(b.rate),
            dx: 6,
            textAnchor: "start",
            fill: colors.ink
          })
        ]
      })
  });
}

function rowName({response, counted}: Bar): string {
  return `${response} ${counted}`;
}
