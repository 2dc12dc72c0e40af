import {html} from "htl";
import type {ProfileField} from "./fields.js";
import type {SegmentStore} from "./store.js";

/** What the segment is valued and split by: a metric and a lookback. */
export function MeasurePicker(store: SegmentStore, fields: readonly ProfileField[]): HTMLElement {
  const metrics = fields.filter(({kind}) => kind === "metric");
  const names = new Map(metrics.map(({name, label}) => [name, label]));
  const metric = html`<select aria-label="Valued by">
    ${[...names].map(([value, text]) => html`<option value=${value}>${text}</option>`)}
  </select>` as HTMLSelectElement;
  const lookback = html`<select aria-label="over"></select>` as HTMLSelectElement;
  const show = () => {
    const known = metrics.filter(({name}) => name === store.measure.metric).map((field) => field.lookback!);
    lookback.replaceChildren(...known.map((text) => html`<option value=${text}>${text}</option>`));
    metric.value = store.measure.metric;
    lookback.value = store.measure.lookback;
  };
  metric.addEventListener("change", () => {
    const known = metrics.filter(({name}) => name === metric.value).map((field) => field.lookback!);
    const {lookback: wanted} = store.measure;
    store.setMeasure({metric: metric.value, lookback: known.includes(wanted) ? wanted : known.at(-1)!});
  });
  lookback.addEventListener("change", () => store.setMeasure({...store.measure, lookback: lookback.value}));
  store.subscribe(({kind}) => kind === "measure" && show());
  show();
  return html`<span class="measure">${metric}${lookback}</span>`;
}
