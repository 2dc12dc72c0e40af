import {html} from "htl";
import {Empty} from "../Empty.js";
import {formatCount, formatDate, formatNumber, formatPercent, type UnitFormat} from "../format.js";
import {Picker} from "../Picker.js";
import type {MapCell} from "./bins.js";
import {BuyerMap} from "./BuyerMap.js";
import {PercentField} from "./PercentField.js";
import type {Refit, RefitChoice, RefitData} from "./refit.js";
import {Refitter} from "./Refitter.js";
import {isMoney, modelName, modelNames, parameterText, shortValue, statusSentence} from "./words.js";
import type {ValueFit, ValueParameter, ValueSummary} from "./value.js";

export interface RefitOptions {
  summary: ValueSummary;
  fits: readonly ValueFit[];
  parameters: readonly ValueParameter[];
  /** The map as refreshed. */
  cells: readonly MapCell[];
  unit: UnitFormat;
  asOf: string;
  /** Fetches the weighted summary; undefined where none is published. */
  load?(): Promise<Pick<RefitData, "histories" | "spend">>;
}

/** Inputs that refit the models while one watches, what comes of it beside the last refresh, and the map redrawn. */
export function RefitPanel(options: RefitOptions): HTMLElement {
  const {fits, summary, unit, load} = options;
  const asked = fits.find((fit) => fit.part === "asked")!;
  const results = html`<div class="value-results" role="status"></div>`;
  const map = html`<div></div>`;
  const shade = Picker({
    label: "Shade the map by",
    key: "map",
    kind: "radio",
    options: [
      {value: "alive", label: "still buying"},
      {value: "orders", label: "expected orders"}
    ]
  });
  const hidden = summary.customers - options.cells.reduce((sum, cell) => sum + cell.customers, 0);
  let shown: Refit | undefined;
  const draw = () => {
    const used = shown ? shown.used : fits.find((fit) => fit.part === "orders")?.model;
    const source = `${modelName(used)}, ${shown ? "refitted here" : "as refreshed"}`;
    const horizon = shown?.choice.horizon ?? summary.horizon;
    map.replaceChildren(
      BuyerMap(shown?.map ?? options.cells, {
        hidden: shown ? 0 : hidden,
        shade: shade.value,
        horizon,
        source,
        asOf: options.asOf
      })
    );
    results.replaceChildren(comparison(options, shown));
  };
  shade.addEventListener("input", draw);
  draw();
  if (!load) {
    return html`<div>
      ${Empty("The models cannot be refitted here: purchase histories are published only in mode rows.", "What stands below is from the last refresh.")}
      ${results} ${shade} ${map}
    </div>`;
  }

  const isOffered = asked.model in modelNames;
  const model = Picker({
    label: "Model",
    key: "model",
    options: [
      ...(isOffered ? [] : [{value: asked.model, label: `${modelName(asked.model)}, as refreshed`}]),
      ...Object.entries(modelNames).map(([value, label]) => ({value, label}))
    ],
    value: asked.model
  });
  const horizons = [...new Set([summary.horizon, "3 months", "6 months", "12 months", "24 months"])];
  const horizon = Picker({label: "Horizon", key: "horizon", options: horizons, value: summary.horizon});
  const rate = PercentField({label: "Discount rate a year", key: "discount", value: asked.discount_rate, max: 1000});
  const hasMargin = isMoney(unit) && (asked.basis === "revenue" || asked.margin !== null);
  const margin = PercentField({label: "Margin", key: "margin", value: asked.margin ?? 1, max: 100});
  const choice = (): RefitChoice => ({
    model: model.value,
    horizon: horizon.value,
    discountRate: rate.value,
    factor: hasMargin ? margin.value / (asked.margin || 1) : 1
  });
  const refreshed = JSON.stringify({
    model: asked.model,
    horizon: summary.horizon,
    discountRate: Math.round(asked.discount_rate * 1e4) / 1e4,
    factor: 1
  });
  let refitter: Promise<Refitter> | undefined;

  async function change() {
    const wanted = choice();
    if (JSON.stringify(wanted) === refreshed || !(wanted.model in modelNames)) {
      shown = undefined;
      return draw();
    }
    results.classList.add("is-busy");
    try {
      refitter ??= load!().then((data) => new Refitter({...data, unit: asked.unit, firstOrder: asked.first_order}));
      const refit = await (await refitter).run(wanted);
      if (!refit || JSON.stringify(refit.choice) !== JSON.stringify(choice())) return;
      shown = refit;
      draw();
    } catch (error) {
      refitter = undefined;
      results.replaceChildren(Empty("The refit did not work.", (error as Error).message));
    }
    results.classList.remove("is-busy");
  }

  const form = html`<form class="controls" onsubmit=${(event: Event) => event.preventDefault()}>
    ${model} ${horizon} ${rate} ${hasMargin ? margin : null}
  </form>`;
  for (const control of [model, horizon, rate, margin]) control.addEventListener("input", () => void change());
  void change();
  return html`<div>
    ${form} ${results}
    <p class="muted value-note">
      Refitted here, in your browser: the model, its parameters, the totals and the map. From the last refresh, whatever
      is chosen: the holdout, the intervals, the curve and the table of
      customers.${asked.basis === "margin" && asked.margin === null ? " Margins differ by order here, so they cannot be changed in the page." : ""}
      ${isOffered ? "" : ` The workspace's model, ${modelName(asked.model)}, is fitted at refresh only: choose another to see the inputs at work.`}
    </p>
    ${shade} ${map}
  </div>`;
}

interface Line {
  label: string;
  refreshed: string;
  refitted?: string;
}

/** What was refreshed and what was refitted, side by side. */
function comparison(options: RefitOptions, refit: Refit | undefined): HTMLElement {
  const lines = compare(options, refit);
  const status = refit ? statusSentence(refit.fit, refit.used) : undefined;
  return html`<div class="table value-compare">
    <div class="table-scroll" tabindex="0" role="region" aria-label="Forecast">
      <table>
        <caption class="visually-hidden">
          The forecast as refreshed${refit ? " and as refitted here" : ""}
        </caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col">Last refresh</th>
            ${refit ? html`<th scope="col">Refitted here</th>` : null}
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            (line) =>
              html`<tr>
                <th scope="row">${line.label}</th>
                <td>${line.refreshed}</td>
                ${refit ? html`<td>${line.refitted ?? "–"}</td>` : null}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
    ${status ? html`<p class=${refit!.fit.status === "ok" ? "muted" : "warn"}>${status} Computed in ${formatNumber(refit!.milliseconds, 0)} ms.</p>` : null}
  </div>`;
}

function compare({summary, fits, parameters, unit}: RefitOptions, refit: Refit | undefined): Line[] {
  const part = (name: string) => fits.find((fit) => fit.part === name);
  const [asked, used] = [part("asked")!, part("orders")];
  const listed = (name: string) =>
    parameters
      .filter((row) => row.part === name)
      .sort((a, b) => a.place - b.place)
      .map((row) => parameterText(row.name, row.estimate, row.standard_error))
      .join(", ") || "–";
  const refitted = (fit: Refit["fit"]) =>
    Object.entries(fit.params)
      .map(([name, value]) => parameterText(name, value, fit.standardErrors?.[name]))
      .join(", ") || "–";
  const likelihood = (value: number | null | undefined) => (value ? formatNumber(value, 1) : "–");
  return [
    {label: "Model", refreshed: modelName(asked.model), refitted: refit && modelName(refit.fit.model)},
    {label: "Status", refreshed: asked.status, refitted: refit?.fit.status},
    {label: "Parameters", refreshed: listed("asked"), refitted: refit && refitted(refit.fit)},
    {label: "Order values", refreshed: listed("order_value"), refitted: refit && refitted(refit.spend)},
    {
      label: "Log-likelihood",
      refreshed: likelihood(asked.log_likelihood),
      refitted: likelihood(refit?.fit.logLikelihood)
    },
    {
      label: "Orders (forecast)",
      refreshed: `${formatCount(summary.expected_orders)} in ${summary.horizon}`,
      refitted: refit && `${formatCount(refit.orders)} in ${refit.choice.horizon}`
    },
    {
      label: "Value (forecast)",
      refreshed: `${shortValue(summary.expected_value, unit)} at ${formatPercent(asked.discount_rate)} a year`,
      refitted: refit && `${shortValue(refit.value, unit)} at ${formatPercent(refit.choice.discountRate)} a year`
    },
    {
      label: "Still customers (forecast)",
      refreshed: summary.still_customers === null ? "not told by the data" : formatCount(summary.still_customers),
      refitted: refit && (refit.stillCustomers === null ? "not told by the data" : formatCount(refit.stillCustomers))
    },
    {
      label: `The ${summary.horizon} before (actual)`,
      refreshed: `${formatCount(summary.before_orders)} orders, ${shortValue(summary.before_net, unit)}, until ${formatDate(asked.until)}`,
      refitted: refit && "the same"
    }
  ].filter(({label}) => used !== undefined || refit || !/forecast/.test(label));
}
