import {tenfold} from "./tenfold.js";
import {html} from "htl";
import {troubles, type Meta, type TableInfo} from "./catalog.js";
import {formatDate, formatInstantIn, plural} from "./format.js";

export interface StripOptions {
  /** The tables that the page reads: only their troubles, tests and rows count. Default: all. */
  reads?: readonly string[];
  /** Further facts, each a few words: `12 months of history`. */
  facts?: readonly (string | Node)[];
}

/**
 * The strip under a page's title: what day the numbers describe, in whose time and money, what they rest on, whether
 * the tests hold, and what is stale.
 *
 * @example display(Strip(first(await FileAttachment("/data/meta.arrow").arrow()), rows(await …tables.arrow…), {reads: ["derived.deciles"]}))
 */
export function Strip(
  meta: Meta | undefined,
  tables: readonly TableInfo[] = [],
  {reads, facts = []}: StripOptions = {}
): HTMLElement {
  if (!meta)
    return html`<div class="strip bad" role="status">
      <span>Nothing has been published yet: run <code>${tenfold("refresh")}</code>.</span>
    </div>`;
  const concerned = reads ? tables.filter((table) => reads.includes(table.name)) : tables;
  const tests = sum(concerned.map((table) => table.tests));
  const failed = sum(concerned.map((table) => table.tests_failed));
  const wrong = troubles(concerned);
  const newest = meta.newest_event_at;
  return html`<div class="strip" role="status">
    <span><b>${newest ? `As of ${formatDate(meta.as_of_date)}` : "No data yet"}</b></span>
    ${newest ? html`<span title="An event after this instant would be missing from every number.">newest event ${formatInstantIn(newest, meta.time_zone)}</span>` : html`<span class="warn">no events yet</span>`}
    ${facts.map((fact) => html`<span>${fact}</span>`)}
    <span>${meta.currency}, ${meta.time_zone}</span>
    ${tests > 0 ? html`<span class=${failed ? "bad" : "good"}>${failed ? `✕ ${failed} of ${plural(tests, "test")} failed` : `✓ ${plural(tests, "test")} passed`}</span>` : null}
    ${meta.problem ? html`<span class="trouble bad">✕ ${meta.problem}</span>` : null}
    ${wrong.map(({tone, text}) => html`<span class=${`trouble ${tone}`}>${tone === "bad" ? "✕" : "⚠"} ${text}</span>`)}
  </div>`;
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
