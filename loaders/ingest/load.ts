import {quoteInstant, quoteName, quoteText} from "../../lib/sql.js";
import type {CompiledEvent, CompiledSource} from "./compile.js";
import {enumType} from "./columns.js";
import type {Field} from "./staging.js";

export interface LoadOptions {
  batchId: number;
  /** Staged rows that are not refused. */
  good: number;
  /** Of the landed bytes, in hexadecimal. */
  sha256: string;
  arrival: Date;
  /** The rowid of the first staged row. */
  firstRow: bigint;
  /** The type of `core.events.properties`. */
  properties: Map<string, string>;
  /** SQL that turns the event's UTC time into the workspace's local time. */
  localSql: (time: string) => string;
}

/** The columns of `core.events`, in order. */
export const eventColumns =
  "event_id, source, batch_id, event_type, event_time, event_date, received_at, identity_id, profile_id, value, currency, quantity, campaign_id, send_id, properties, profile_number";

/**
 * SQL of the events that good staged rows yield: the columns of `core.events`, and `_row` where asked for. What is sorted
 * is narrow: constants and texts of closed vocabularies are filled in afterwards.
 */
export function eventsSql(
  compiled: CompiledSource,
  options: LoadOptions,
  {where = "true", order = false, row = false}: {where?: string; order?: boolean; row?: boolean} = {}
): string {
  const {source, events} = compiled;
  const single = events.length === 1;
  const primary = compiled.identities.find((identity) => identity.primary);
  const inner = new Map<string, string[]>();
  const outer = new Map<string, string>();
  const put = (name: string, type: string, of: (event: CompiledEvent, i: number) => Field) => {
    const fields = events.map(of);
    const first = fields[0]!;
    if (fields.every((field) => field.constant && field.sql === first.sql)) outer.set(name, first.sql);
    else {
      const text = (field: Field) => (field.cast && !single ? `${field.sql}::${field.cast}` : field.sql);
      inner.set(name, fields.map(single ? text : (field) => `${text(field)}::${type}`));
      outer.set(name, single && first.cast ? `${name}::${first.cast}` : name);
    }
  };
  const putSame = (name: string, sql: string) => inner.set(name, Array<string>(events.length).fill(sql));
  const id = idSql(compiled, options);
  inner.set(
    "event_id",
    events.map((_, i) => (i === 0 ? id : `(${id} | ${i}::uhugeint)`))
  );
  put("event_type", single ? "varchar" : enumType(compiled.types), (event) => event.type);
  if (!single && inner.has("event_type")) outer.set("event_type", "event_type::varchar");
  put("event_time", "timestamp", (event) => event.time);
  put("value", "decimal(18, 4)", valueField);
  put("currency", "varchar", (event) => event.currency);
  put("quantity", "decimal(18, 4)", (event) => event.quantity);
  put("campaign_id", "varchar", (event) => event.campaign);
  put("send_id", "varchar", (event) => event.send);
  for (const [name, type] of options.properties) {
    put(`_p_${name}`, type, (event) => event.properties.get(name) ?? {sql: `null::${type}`, constant: true});
  }
  if (compiled.receivedAt) putSame("received_at", compiled.receivedAt);
  if (primary) {
    putSame("identity_id", "p.identity_id");
    putSame("profile_number", "p.number");
  }
  if (row) putSame("_row", `s.rowid - ${options.firstRow}`);
  const selects = events.map(
    (event, i) => `select ${[...inner].map(([name, sql]) => `${sql[i]} as ${quoteName(name)}`).join(", ")}
      from staged s ${primary ? `join people p on p.text = s.${primary.value}` : ""}
      where s.raw is null ${event.when ? `and s.${event.when}` : ""} and ${where}`
  );
  const time = outer.get("event_time")!;
  const packed = [...options.properties.keys()].map((name) => `${quoteName(name)} := ${outer.get(`_p_${name}`)}`);
  return `
    select
      event_id, ${quoteText(source.id)} as source, ${options.batchId}::integer as batch_id, ${outer.get("event_type")} as event_type,
      ${time} as event_time, (${options.localSql(time)})::date as event_date,
      ${compiled.receivedAt ? "received_at" : `${quoteInstant(options.arrival)} as received_at`},
      ${primary ? "identity_id, identity_id as profile_id" : "null::ubigint as identity_id, null::ubigint as profile_id"},
      ${outer.get("value")} as value, ${outer.get("currency")} as currency, ${outer.get("quantity")} as quantity,
      ${outer.get("campaign_id")} as campaign_id, ${outer.get("send_id")} as send_id, struct_pack(${packed.join(", ")}) as properties,
      ${primary ? "profile_number" : "null::uinteger as profile_number"}
      ${row ? ", _row" : ""}
    from (${selects.join("\nunion all\n")} ${order && inner.has("event_time") ? "order by event_time" : ""})`;
}

/** SQL of the number of events that a staged row yields. */
export function yieldSql({events}: CompiledSource): string {
  return events.map((event) => (event.when ? `${event.when}::integer` : "1")).join(" + ") || "0";
}

/** An amount in the workspace's currency. */
function valueField(event: CompiledEvent, i: number): Field {
  const {exchange, value} = event;
  if (!exchange || (value.constant && value.sql.startsWith("null"))) return value;
  return {sql: `try_cast(${value.sql} * coalesce(s._rate${i}, 1) as decimal(18, 4))`, constant: false};
}

/** The id of a row's first event: its low eight bits are free for the event's place in the row. */
function idSql({source}: CompiledSource, {sha256, firstRow}: LoadOptions): string {
  if (source.rule.rule !== "row") return "(s._key << 8)";
  const file = BigInt(`0x${sha256.slice(0, 16)}`) << 64n;
  return `(${file}::uhugeint | ((s.rowid - ${firstRow} + 1)::uhugeint << 8))`;
}
