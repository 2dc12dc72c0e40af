import {quoteName, quoteText, type Database} from "../engine/database.js";
import type {CompiledEvent, CompiledSource} from "./compile.js";

export interface LoadOptions {
  batchId: number;
  /** Of the landed bytes, in hexadecimal. */
  sha256: string;
  arrival: Date;
  /** The type of `core.events.properties`. */
  properties: Map<string, string>;
}

/** The columns of `core.events`, in order. */
export const eventColumns = [
  "event_id",
  "source",
  "batch_id",
  "event_type",
  "event_time",
  "event_date",
  "received_at",
  "identity_id",
  "profile_id",
  "value",
  "currency",
  "quantity",
  "campaign_id",
  "send_id",
  "properties"
];

/**
 * SQL of the events that good staged rows yield, with the columns of `core.events` and `_row`, the staged row. `people`
 * holds the ids of the primary identity's values. `where` narrows the staged rows (`s`).
 */
export function eventsSql(compiled: CompiledSource, options: LoadOptions, where = "true"): string {
  const {source, events} = compiled;
  const primary = compiled.identities.find((identity) => identity.primary);
  const id = idSql(compiled, options.sha256);
  const received = compiled.receivedAt ?? literal(options.arrival);
  const select = (event: CompiledEvent, i: number) => {
    const packed = [...options.properties].map(
      ([name, type]) => `${quoteName(name)} := ${event.properties.get(name) ?? `null::${type}`}`
    );
    return `select
        ${i === 0 ? id : `(${id} | ${i}::uhugeint)`} as event_id, ${quoteText(source.id)} as source,
        ${options.batchId}::integer as batch_id, ${event.type} as event_type, ${event.time} as event_time,
        ${event.date} as event_date, ${received} as received_at,
        ${primary ? "p.identity_id" : "null::ubigint"} as identity_id,
        ${primary ? "p.identity_id" : "null::ubigint"} as profile_id,
        ${event.value} as value, ${event.currency} as currency, ${event.quantity} as quantity,
        ${event.campaign} as campaign_id, ${event.send} as send_id, struct_pack(${packed.join(", ")}) as properties,
        s.rowid as _row
      from staged s ${primary ? `left join people p on p.value = s.${primary.value}` : ""}
      where s.raw is null ${event.when ? `and ${event.when}` : ""} and ${where}`;
  };
  return events.map(select).join("\nunion all\n");
}

/** SQL of the number of events that a staged row yields. */
export function yieldSql({events}: CompiledSource): string {
  return events.map((event) => (event.when ? `${event.when}::integer` : "1")).join(" + ") || "0";
}

/** The id of a row's first event: its low eight bits are free for the event's place in the row. */
function idSql({source}: CompiledSource, sha256: string): string {
  if (source.rule.rule !== "row") return "((s._key >> 8) << 8)";
  const file = BigInt(`0x${sha256.slice(0, 16)}`) << 64n;
  return `(${file}::uhugeint | ((s.rowid + 1)::uhugeint << 8))`;
}

export function literal(instant: Date): string {
  return `timestamp '${instant.toISOString().slice(0, 23).replace("T", " ")}'`;
}
