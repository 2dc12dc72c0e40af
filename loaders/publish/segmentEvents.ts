import {publishedEvents, type PublishedEvents} from "../../lib/definitions/publishedEvents.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import {columnsOf} from "../engine/columns.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {Rules} from "./arrowFile.js";
import {findPersonalText} from "./match.js";
import {refusals} from "./personal.js";

/** The events that `segments.events` holds. */
export interface SegmentEvents {
  /** Columns of `core.events as e`, the properties packed as in the warehouse. */
  columns: string[];
  where: string;
}

/**
 * The events that their sources mark `publish: rows`, or why they may not leave: what derives from personal data by
 * lineage, or holds it. Undefined where nothing is marked.
 */
export async function segmentEvents(
  database: Database,
  {sources}: Workspace,
  {shapes, taints, mode}: Rules
): Promise<{events: SegmentEvents | undefined; reasons: string[]}> {
  const shown = mode === "rows" ? publishedEvents(sources) : [];
  const shape = shapes.get("core.events");
  if (shown.length === 0 || !shape) return {events: undefined, reasons: []};
  const kept = await columnsOf(database, "select properties.* from core.events");
  const has = new Set(kept.map(({name}) => name));
  const where = isOneOf(shown);
  const column = (may: (events: PublishedEvents) => boolean, expression: string, type: string) => {
    const allowed = shown.filter(may);
    if (allowed.length === shown.length) return expression;
    return allowed.length === 0 ? `null::${type}` : `case when ${isOneOf(allowed)} then ${expression} end`;
  };
  const fields = [
    "event_type",
    "source",
    "event_time",
    "event_date",
    `${column(({value}) => value, "value", "decimal(18, 4)")} as value`,
    `${column(({quantity}) => quantity, "quantity", "decimal(18, 4)")} as quantity`,
    `${column(({campaign}) => campaign, "campaign_id", "varchar")} as campaign_id`
  ];
  const names = [...new Set(shown.flatMap(({properties}) => properties))].filter((name) => has.has(name)).sort();
  const properties = names.map((name) => ({
    name: quoteName(name),
    sql: column((events) => events.properties.includes(name), `properties.${quoteName(name)}`, "varchar")
  }));
  const flat = `select ${[...fields, ...properties.map(({name, sql}) => `${sql} as ${name}`)].join(", ")} from core.events where ${where}`;
  const outputs = [...fields.map((sql) => sql.split(" ").at(-1)!), ...names];
  const derived = await refusals(database, flat, outputs, (path) => taints.get(path), shapes);
  const texts = {from: `(${flat})`, columns: await columnsOf(database, flat)};
  const [matches] = await findPersonalText(database, [texts]);
  const reasons = [
    ...derived.flatMap((reason, i) => (reason ? [refused(outputs[i]!, reason)] : [])),
    ...matches!.map(({column, rows}) => refused(column, `${rows} texts in it are identities or personal values`))
  ];
  const packed = properties.map(({name, sql}) => `${name} := ${sql}`).join(", ");
  const columns = [...fields, ...(packed ? [`struct_pack(${packed}) as properties`] : [])];
  return {events: reasons.length === 0 ? {columns, where} : undefined, reasons};
}

function refused(column: string, reason: string): string {
  return `segments.events: "${column}" may not be published: ${reason}; leave publish: rows out where its sources yield it`;
}

/** SQL condition that an event is of one of these sources and types. */
function isOneOf(events: PublishedEvents[]): string {
  const sources = [...new Set(events.map(({source}) => source))];
  const parts = sources.map((source) => {
    const types = events.filter((event) => event.source === source).map(({type}) => quoteText(type));
    return `source = ${quoteText(source)} and event_type in (${types.join(", ")})`;
  });
  return parts.length === 1 ? parts[0]! : `(${parts.map((part) => `(${part})`).join(" or ")})`;
}
