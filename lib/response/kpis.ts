import type {Interval} from "../stats/interval.js";
import {meanInterval} from "../stats/meanInterval.js";
import {wilson} from "../stats/wilson.js";

/** What came back from a mailing: people once each, but for the money. */
export interface Response {
  sent: number;
  delivered: number;
  /** Mails with an open that no machine made. */
  opened_human: number;
  clicked_human: number;
  /** Credited within the conversion window, net of refunds. */
  revenue: number;
  /** The sum over mails of their squared revenue. */
  revenue_squares: number;
}

/** A headline figure: what it counts, over what, and how. */
export interface Kpi {
  name: string;
  label: string;
  unit: "rate" | "money";
  definition: string;
  value(response: Response): Interval;
}

/** The four headline figures of a campaign, each with its denominator. */
export const kpis: readonly Kpi[] = [
  {
    name: "delivered",
    label: "Delivered",
    unit: "rate",
    definition: "mails delivered ÷ mails sent; a soft bounce delivered later counts once",
    value: ({delivered, sent}) => wilson(delivered, sent)
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
    name: "revenue_per_mail",
    label: "Revenue per mail",
    unit: "money",
    definition: "orders credited to the last mail before them within the conversion window, net of refunds ÷ delivered",
    value: ({delivered, revenue, revenue_squares}) =>
      meanInterval({n: delivered, sum: revenue, squares: revenue_squares})
  }
];

/** Cells of fewer people are shown greyed: their rates say little. */
export const smallCell = 30;
