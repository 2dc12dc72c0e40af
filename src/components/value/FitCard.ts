import {html} from "htl";
import {formatCount, formatDate, formatNumber, formatPercent, plural} from "../format.js";
import {Table} from "../Table.js";
import {checkValue, type ValueCheck, type ValueFit, type ValueParameter} from "./value.js";
import {modelName, statusSentence} from "./words.js";

/** The models of the last refresh: status, parameters with their errors, likelihood, and the data they saw. */
export function FitCard(fits: readonly ValueFit[], parameters: readonly ValueParameter[]): HTMLElement {
  const part = (name: string) => fits.find((fit) => fit.part === name);
  const asked = part("asked")!;
  const used = part("orders");
  const spend = part("order_value")!;
  const shown = used && used.model !== asked.model ? ["orders", "asked", "order_value"] : ["asked", "order_value"];
  const facts: [string, string][] = [
    ["Model of orders", statusLine(asked, used?.model)],
    ["Model of order values", statusLine(spend)],
    [
      "Fit",
      asked.log_likelihood === null
        ? "none"
        : `log-likelihood ${formatNumber(asked.log_likelihood, 1)}, AIC ${formatNumber(asked.aic, 1)}, BIC ${formatNumber(asked.bic, 1)}${asked.likelihood_ratio === null ? "" : `, likelihood ratio to NBD ${formatNumber(asked.likelihood_ratio, 1)}`}`
    ],
    [
      "Data",
      `${plural(asked.customers, "customer")}, ${plural(asked.orders, "order")} (those of a day are one) until ${formatDate(asked.until)}; ${formatPercent(asked.one_timers / asked.customers, 0)} ordered once`
    ],
    [
      "Left-truncated",
      `${formatCount(asked.truncated)} (${formatPercent(asked.truncated / asked.customers, 0)}) first seen in the first four weeks: earlier orders of theirs may be missing`
    ],
    [
      "Settings",
      `time in ${asked.unit}s; values are ${asked.basis}; first orders ${asked.first_order ? "count" : "do not count"} towards order values; horizon ${asked.horizon}; discounted by ${formatPercent(asked.discount_rate)} a year`
    ]
  ];
  return html`<div class="fit-card">
    <dl class="fit-facts">
      ${facts.map(
        ([name, text]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${text}</dd>
          </div>`
      )}
    </dl>
    ${Table(
      shown.flatMap((name) => parameters.filter((row) => row.part === name).sort((a, b) => a.place - b.place)),
      {
        caption: "Parameters",
        showCaption: true,
        name: "value-parameters",
        empty: "No parameters: nothing could be fitted.",
        columns: {
          part: {label: "Model", format: (name: string) => modelName(part(name)?.model)},
          name: "Parameter",
          estimate: {label: "Estimate", format: (value: number) => significant(value, 4)},
          standard_error: {
            label: "± standard error",
            align: "right",
            format: (value: number | null) => significant(value, 2)
          }
        }
      }
    )}
  </div>`;
}

function statusLine(fit: ValueFit, used?: string): string {
  return `${modelName(fit.model)}: ${fit.status}. ${statusSentence(fit, used).replace(/^(At a boundary|Not converged): (.)/, (_, __, letter: string) => letter.toUpperCase())}`;
}

function significant(value: number | null, digits: number): string {
  return value === null ? "–" : new Intl.NumberFormat("en-US", {maximumSignificantDigits: digits}).format(value);
}

interface Found {
  score: string;
  ten: number | undefined;
  twenty: number | undefined;
  thirty: number | undefined;
  gini: number | undefined;
}

/** What ranking customers by each score found of the value that then came. */
export function GainTable(checks: readonly ValueCheck[]): HTMLElement {
  const origin = checks[0]?.origin;
  const scores = [
    ["forecast", "model"],
    ["historic spend (baseline)", "historic"],
    ["past rate × mean (baseline)", "rate"]
  ] as const;
  const found: Found[] = origin
    ? scores.map(([score, series]) => {
        const at = (place: number) => checkValue(checks, "value", series, origin, place);
        return {score, ten: at(1), twenty: at(2), thirty: at(3), gini: at(0)};
      })
    : [];
  const share = (label: string) => ({
    label,
    align: "right" as const,
    format: (v: number) => `${(100 * v).toFixed(1)}%`
  });
  return Table(found, {
    caption: "Share of the holdout's value that the best-ranked customers brought",
    showCaption: true,
    name: "value-found",
    empty: "No holdout to rank for.",
    columns: {
      score: "Ranked by",
      ten: share("Top 10%"),
      twenty: share("Top 20%"),
      thirty: share("Top 30%"),
      gini: {label: "Normalised Gini", align: "right", format: (v: number) => v.toFixed(3)}
    }
  });
}

interface OriginRow {
  origin: Date;
  until: Date;
  orders: number | undefined;
  orders_rate: number | undefined;
  rmse: number | undefined;
  rmse_rate: number | undefined;
  value: number | undefined;
  value_rate: number | undefined;
}

/** The same check from earlier days, one row each. */
export function OriginTable(checks: readonly ValueCheck[]): HTMLElement {
  const origins = [...new Map(checks.map((row) => [+row.origin, row])).values()];
  const rows: OriginRow[] = origins.map(({origin, until}) => {
    const get = (measure: string, series: string) => checkValue(checks, measure, series, origin);
    return {
      origin,
      until,
      orders: get("orders.ratio", "model"),
      orders_rate: get("orders.ratio", "rate"),
      rmse: get("orders.rmse", "model"),
      rmse_rate: get("orders.rmse", "rate"),
      value: get("value.ratio", "model"),
      value_rate: get("value.ratio", "rate")
    };
  });
  const number = (label: string) => ({
    label,
    align: "right" as const,
    format: (v: number | null) => v?.toFixed(2) ?? "–"
  });
  return Table(rows, {
    caption: "Predicted ÷ actual from each day the check was made, the baseline (past rate × mean) beside it",
    showCaption: true,
    name: "value-origins",
    empty: "No holdout, so nothing to compare.",
    columns: {
      origin: {label: "Fitted until", format: (day: Date) => formatDate(day)},
      until: {label: "Checked until", format: (day: Date) => formatDate(day)},
      orders: number("Orders"),
      orders_rate: number("Baseline"),
      value: number("Value"),
      value_rate: number("Baseline"),
      rmse: number("RMSE, orders"),
      rmse_rate: number("Baseline")
    }
  });
}
