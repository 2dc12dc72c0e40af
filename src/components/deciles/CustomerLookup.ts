import type {Meta, Metric} from "../catalog.js";
import {CustomerForm} from "../CustomerForm.js";
import {openDatabase} from "../database.js";
import {Empty} from "../Empty.js";
import {formatCount, formatName, formatNumber, unitFormat} from "../format.js";
import {Table} from "../Table.js";

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
  return CustomerForm({
    parameter: "id",
    async find(id) {
      const database = await openDatabase();
      return ranks(await database.rows<Rank>(query, [id]), id, metrics, meta);
    },
    other: {
      label: "An example",
      async give() {
        const database = await openDatabase();
        const [row] = await database.rows<{id: string}>(
          "select profile_id::varchar as id from derived.deciles where bucket = 1 order by profile_id limit 1"
        );
        return row?.id ?? Empty("There is nobody to look up yet.");
      }
    }
  });
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
