import {html} from "htl";
import {formatId, parseId} from "../../lib/surrogate.js";
import type {Meta, Metric} from "../catalog.js";
import {openDatabase} from "../database.js";
import {Empty} from "../Empty.js";
import {formatCount, formatName, formatNumber, unitFormat} from "../format.js";
import {Table} from "../Table.js";
import {urlState} from "../url.js";

interface Rank {
  metric: string;
  lookback: string;
  category: string;
  bucket: number | null;
  reason: string | null;
  percentile: number | null;
  value: number | null;
  partition_size: number;
  tied: number;
}

/**
 * Looks one customer up by surrogate id: every rank they hold. The database is loaded when somebody asks, not before.
 */
export function CustomerLookup({metrics, meta}: {metrics: readonly Metric[]; meta: Meta}): HTMLElement {
  if (meta.publish !== "rows") {
    return Empty("This workspace publishes no person-level rows, so nobody can be looked up here.");
  }
  const id = urlState("id", "");
  const input = html`<input
    type="text"
    size="16"
    spellcheck="false"
    autocomplete="off"
    maxlength="20"
    value=${id.value}
    aria-describedby="lookup-help"
  />` as HTMLInputElement;
  const result = html`<div class="lookup-result" role="status"></div>`;
  const say = (content: Node | string) => result.replaceChildren(content);

  async function find(text: string) {
    const number = parseId(text);
    if (number === undefined)
      return say(Empty(`"${text}" is no customer id.`, "An id has 13 letters and digits, without I, L, O and U."));
    say("Looking …");
    try {
      const database = await openDatabase();
      say(ranks(await database.rows<Rank>(query, [formatId(number)]), formatId(number), metrics, meta));
    } catch (error) {
      say(Empty("The lookup did not work.", (error as Error).message));
    }
  }

  async function example() {
    say("Looking …");
    try {
      const database = await openDatabase();
      const [row] = await database.rows<{id: string}>(
        "select profile_id::varchar as id from derived.deciles where bucket = 1 order by profile_id limit 1"
      );
      if (!row) return say(Empty("There is nobody to look up yet."));
      input.value = row.id;
      id.value = row.id;
      await find(row.id);
    } catch (error) {
      say(Empty("The lookup did not work.", (error as Error).message));
    }
  }

  function submit(event: Event) {
    event.preventDefault();
    id.value = input.value.trim();
    if (id.value) void find(id.value);
    else say("");
  }

  id.subscribe((text) => {
    if (text !== input.value.trim()) {
      input.value = text;
      if (text) void find(text);
    }
  });
  if (id.value) void find(id.value);
  return html`<div class="lookup">
    <form class="controls" onsubmit=${submit}>
      <label class="picker"><span>Customer id</span>${input}</label>
      <button type="submit" class="primary">Look up</button>
      <button type="button" class="plain" onclick=${example}>An example</button>
    </form>
    <p class="muted visually-hidden" id="lookup-help">13 letters and digits</p>
    ${result}
  </div>`;
}

const query = `
  select metric, lookback, category, bucket, reason, percentile, value::double as value, partition_size, tied
  from derived.deciles
  where profile_id = ?
  order by metric, window_start desc nulls last, category`;

function ranks(rows: readonly Rank[], id: string, metrics: readonly Metric[], meta: Meta): Node {
  if (rows.length === 0)
    return Empty(
      `Nobody here has the id ${id}.`,
      "Ids change with the workspace's key; published rows may be a sample."
    );
  const metric = (name: string) => metrics.find((row) => row.metric === name);
  return Table(rows, {
    caption: `Every rank of ${id}`,
    showCaption: true,
    pageSize: 60,
    name: `ranks-${id}`,
    rowClass: (row) => (row.bucket === null ? "muted" : undefined),
    columns: {
      metric: {label: "Metric", format: (name: string) => metric(name)?.label ?? name},
      lookback: "Window",
      category: {
        label: meta.category ? formatName(meta.category) : "Category",
        format: (name: string) => formatName(name)
      },
      bucket: {
        label: "Decile",
        align: "right",
        format: (bucket: number | null, row) => (bucket === null ? formatName(row.reason ?? "") : String(bucket))
      },
      percentile: {label: "Percentile", align: "right", format: (value: number | null) => formatNumber(value)},
      value: {
        label: "Value",
        align: "right",
        format: (value: number | null, row) => unitFormat(metric(row.metric)?.unit, meta.currency).full(value)
      },
      partition_size: {label: "Ranked among", format: (size: number) => formatCount(size)}
    }
  });
}
