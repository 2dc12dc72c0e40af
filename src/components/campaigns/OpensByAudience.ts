import * as Plot from "@observablehq/plot";
import {smallCell} from "../../lib/response/kpis.js";
import {wilson} from "../../lib/stats/wilson.js";
import {chart, colors} from "../chart.js";
import {Figure} from "../Figure.js";
import {formatCount, formatPercent} from "../format.js";
import type {Campaign, ResponseRow} from "./campaigns.js";

interface Bar {
  campaign: string;
  audience: string;
  delivered: number;
  opened: number;
  rate: number;
  lower: number;
  upper: number;
  is_small: boolean;
}

/** Mails opened by people, by audience and campaign, as counts or as rates. */
export function OpensByAudience(
  responses: readonly ResponseRow[],
  campaigns: readonly Campaign[],
  {show, asOf}: {show: "rate" | "count"; asOf: string}
): HTMLElement {
  const bars = campaigns.flatMap((campaign) => barsOf(campaign, responses));
  const isRate = show === "rate";
  const reliable = bars.filter((bar) => !bar.is_small);
  const best = [...reliable].sort((a, b) => b.rate - a.rate)[0];
  const last = [...reliable].sort((a, b) => a.rate - b.rate)[0];
  const small = bars.length - reliable.length;
  return Figure({
    title: isRate
      ? "Open rate by audience and campaign · by people"
      : "Mails opened by audience and campaign · by people",
    finding:
      best && last && best !== last
        ? `${best.audience} opened ${best.campaign} most often, ${formatPercent(best.rate)}; ${last.audience} opened ${last.campaign} least, ${formatPercent(last.rate)}.`
        : undefined,
    data: bars,
    columns: {
      campaign: "Campaign",
      audience: "Audience",
      delivered: "Delivered",
      opened: "Opened",
      rate: {label: "Rate", format: (v: number) => formatPercent(v)},
      lower: {label: "95% from", format: (v: number) => formatPercent(v)},
      upper: {label: "to", format: (v: number) => formatPercent(v)}
    },
    caption: `Mails with an open that no machine made${isRate ? " ÷ mails delivered; lines are 95% intervals" : ""}.${small > 0 ? ` Grey: fewer than ${smallCell} mails.` : ""}`,
    asOf,
    empty: "No opens are recorded for any campaign.",
    render: (width) => draw(bars, width, isRate)
  });
}

function barsOf(campaign: Campaign, responses: readonly ResponseRow[]): Bar[] {
  const audiences = new Map<string, {audience: string; delivered: number; opened: number}>();
  for (const row of responses) {
    if (row.campaign_id !== campaign.campaign_id) continue;
    const sum = audiences.get(row.audience_id) ?? {audience: row.audience, delivered: 0, opened: 0};
    sum.delivered += row.delivered;
    sum.opened += row.human_opened;
    audiences.set(row.audience_id, sum);
  }
  return [...audiences.values()]
    .filter(({delivered}) => delivered > 0 && campaign.responses > 0)
    .sort((a, b) => b.delivered - a.delivered || (a.audience < b.audience ? -1 : 1))
    .map(({audience, delivered, opened}) => {
      const {estimate, lower, upper} = wilson(opened, delivered);
      const is_small = delivered < smallCell;
      return {campaign: campaign.name, audience, delivered, opened, rate: estimate, lower, upper, is_small};
    });
}

function draw(bars: readonly Bar[], width: number, isRate: boolean) {
  const value = (bar: Bar) => (isRate ? bar.rate : bar.opened);
  const most = Math.max(isRate ? 0.01 : 1, ...bars.map((bar) => (isRate ? bar.upper : bar.opened)));
  const ink = (bar: Bar) => (bar.is_small ? colors.faint : colors.ink);
  const marginLeft = width < 480 ? 116 : 170;
  const longest = Math.floor(marginLeft / 7);
  // One row per campaign's name, then one per audience that it was sent to.
  const rows = bars.flatMap((bar, i) => [
    ...(bars[i - 1]?.campaign === bar.campaign ? [] : [{key: bar.campaign, bar: undefined}]),
    {key: rowName(bar), bar}
  ]);
  const labels = new Map(rows.map(({key, bar}) => [key, bar ? shorten(bar.audience, longest) : ""]));
  return chart({
    label: `${isRate ? "Open rate" : "Mails opened"} by audience and campaign`,
    width,
    height: rows.length * 25 + 8,
    marginLeft,
    marginRight: 64,
    marginTop: 4,
    marginBottom: 4,
    x: {axis: null, domain: [0, most]},
    y: {
      label: null,
      tickSize: 0,
      padding: 0.25,
      domain: rows.map(({key}) => key),
      tickFormat: (key: string) => labels.get(key)!
    },
    marks: [
      Plot.text(
        rows.filter(({bar}) => !bar),
        {y: "key", x: 0, text: "key", textAnchor: "start", dx: -marginLeft, dy: 3, fontWeight: 600, fill: colors.ink}
      ),
      Plot.barX(bars, {
        y: rowName,
        x: value,
        fill: (bar) => (bar.is_small ? colors.rule : colors.accentSoft),
        title: (bar) => `${bar.audience}, ${bar.campaign}: ${formatCount(bar.opened)} of ${formatCount(bar.delivered)}`
      }),
      ...(isRate ? [Plot.ruleY(bars, {y: rowName, x1: "lower", x2: "upper", stroke: ink})] : []),
      Plot.text(bars, {
        y: rowName,
        x: (bar) => (isRate ? bar.upper : bar.opened),
        text: (bar) => (isRate ? formatPercent(bar.rate) : formatCount(bar.opened)),
        dx: 6,
        textAnchor: "start",
        fill: ink
      })
    ]
  });
}

function rowName({campaign, audience}: Bar): string {
  return `${campaign}: ${audience}`;
}

function shorten(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
