import type {Interval} from "../stats/interval.js";
import {meanInterval} from "../stats/meanInterval.js";
import {wilson} from "../stats/wilson.js";

/** What came back from a mailing: people once each, but for the money. */
export interface Response {
  sent: number;
  delivered: number;
  /** Opens as reported: each, and mails with one. */
  opens: number;
  opened: number;
  /** Mails with an open that no machine made. */
  opened_human: number;
  clicked_human: number;
  unsubscribed: number;
  complained: number;
  /** Mails credited with an order. */
  converted: number;
  /** Credited within the conversion window, net of refunds. */
  revenue: number;
  /** The sum over mails of their squared revenue. */
  revenue_squares: number;
  /** The share of revenue that is margin; null where nothing says. */
  margin: number | null;
}

/** A headline figure: what it counts, over what, and how. */
export interface Kpi {
  name: string;
  label: string;
  unit: "rate" | "money" | "count";
  definition: string;
  value(response: Response): Interval;
}

/** The figures of a campaign, each with its denominator. */
export const kpis: readonly Kpi[] = [
  {
    name: "delivered",
    label: "Delivered",
    unit: "rate",
    definition: "mails delivered ÷ mails sent; a soft bounce delivered later counts once",
    value: ({delivered, sent}) => wilson(delivered, sent)
  },
  {
    name: "opens",
    label: "Opens, each",
    unit: "count",
    definition: "opens as reported, machines' too; a mail may be opened often",
    value: ({opens}) => counted(opens)
  },
  {
    name: "opened",
    label: "Mails opened",
    unit: "count",
    definition: "mails with an open as reported, machines' too",
    value: ({opened}) => counted(opened)
  },
  {
    name: "human_open_rate",
    label: "Human open rate",
    unit: "rate",
    definition: "mails with an open that no machine made ÷ delivered",
    value: ({opened_human, delivered}) => wilson(opened_human, delivered)
  },
  {
    name: "click_rate",
    label: "Click rate",
    unit: "rate",
    definition: "mails with a click that no scanner made ÷ delivered",
    value: ({clicked_human, delivered}) => wilson(clicked_human, delivered)
  },
  {
    name: "click_to_open_rate",
    label: "Click-to-open rate",
    unit: "rate",
    definition: "mails clicked by a person ÷ mails with an open that no machine made",
    value: ({clicked_human, opened_human}) => wilson(Math.min(clicked_human, opened_human), opened_human)
  },
  {
    name: "unsubscribe_rate",
    label: "Unsubscribed",
    unit: "rate",
    definition: "people who unsubscribed ÷ delivered",
    value: ({unsubscribed, delivered}) => wilson(Math.min(unsubscribed, delivered), delivered)
  },
  {
    name: "complaint_rate",
    label: "Complained",
    unit: "rate",
    definition: "people who complained ÷ delivered",
    value: ({complained, delivered}) => wilson(Math.min(complained, delivered), delivered)
  },
  {
    name: "conversion_rate",
    label: "Bought",
    unit: "rate",
    definition: "mails credited with an order within the conversion window, the last mail before it ÷ delivered",
    value: ({converted, delivered}) => wilson(converted, delivered)
  },
  {
    name: "revenue_per_mail",
    label: "Revenue per mail",
    unit: "money",
    definition: "orders credited to the last mail before them within the conversion window, net of refunds ÷ delivered",
    value: ({delivered, revenue, revenue_squares}) =>
      meanInterval({n: delivered, sum: revenue, squares: revenue_squares})
  },
  {
    name: "margin_per_mail",
    label: "Margin per mail",
    unit: "money",
    definition:
      "revenue per mail × the share of revenue that is margin, by the campaign's or the workspace's definition",
    value: ({delivered, revenue, revenue_squares, margin}) =>
      margin === null
        ? counted(NaN)
        : meanInterval({n: delivered, sum: margin * revenue, squares: margin ** 2 * revenue_squares})
  }
];

/** The figures that a campaign's page begins with. */
export const headlines = ["delivered", "human_open_rate", "click_rate", "revenue_per_mail"] as const;

/** What was counted out has no interval. */
function counted(estimate: number): Interval {
  return {estimate, lower: NaN, upper: NaN};
}

/** Cells of fewer people are shown greyed: their rates say little. */
export const smallCell = 30;
