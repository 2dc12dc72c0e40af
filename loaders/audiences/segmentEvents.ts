import {familyOf} from "../../lib/rules/operators.js";
import type {EventField} from "../../lib/rules/surroundings.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {warehouseEvents} from "./warehouseEvents.js";

/**
 * `insights.segment_events`: the events that rules may name, and how the fields of those that are published are spread.
 * How many there are is exact; how many profiles have one, shares, commonest values and quantiles are those of a sample of
 * the profiles, the same each time, where there are more than a million events.
 */
export function segmentEventsNode(workspace: Workspace): GraphNode {
  const name = "insights.segment_events";
  const {eventTypes, eventFields} = warehouseEvents(workspace);
  const shown = eventTypes.filter(({published}) => published).map((type) => type.name);
  const fields = eventFields.filter(({published, name: field}) => published && spread.test(field));
  const about = eventTypes.flatMap((type) => [{type: type.name, published: type.published}, ...fieldsOf(type.name)]);
  return typescriptModel({
    header: {
      name,
      description: "The events that a segment's rule may name, and their fields.",
      grain: "one row per event type, and per field of it",
      publish: "rows",
      columns: {
        position: "order in lists",
        event_type: "dotted",
        field: "value, quantity, event_time, event_date, source, campaign_id or properties.<name>; null for the event",
        label: "what pages call it",
        description: "in words",
        type: "value type of a field",
        unit: "of an amount",
        is_published: "whether the site can count rules about it; else only the warehouse can",
        events: "how many there are of the type",
        profiles: "how many have one; among more than a million events, as many as the sample says: some 1% off",
        share_filled: {description: "events of the type that have a value", unit: "share"},
        distinct_values: "different values among them; null of numbers and dates",
        top_values: "the 30 commonest values with their counts of events, as JSON",
        quantiles: "minimum, every twentieth, the 99th and 99.9th percentile and maximum, as JSON"
      }
    },
    file: "loaders/audiences/segmentEvents.ts",
    inputs: ["core.events"],
    content: [about, fields, revision],
    async build({database}) {
      const events = await database.value<number>("select count(*) from core.events");
      const share = Math.max(1, Math.floor(events! / 1e6));
      await database.run(`
        create or replace temp table event_fields as select * from (values ${about
          .map((row, position) => `(${[position, ...valuesOf(row)].join(", ")})`)
          .join(", ")}
        ) as t(position, event_type, field, label, description, type, unit, is_published);
        create or replace temp table event_counts as
        select event_type, count(*) as events,
          count(distinct profile_id) filter (where hash(profile_id) % ${share} = 0) * ${share} as profiles
        from core.events group by event_type;
        create or replace temp table event_draw as
        select event_type, ${["true", ...fields.map(({name}, i) => `${columnOf(name)} as f${i}`)].join(", ")}
        from core.events
        where event_type in (${["''", ...shown.map(quoteText)].join(", ")}) and hash(profile_id) % ${share} = 0`);
      await database.run(`
        create or replace table ${name}__new as
        with spreads as (
          ${["select null::varchar as event_type, null::varchar as field, null::double as share_filled, null::integer as distinct_values, null::varchar as top_values, null::varchar as quantiles where false", ...fields.map(spreadSql)].join("\nunion all\n")}
        )
        select position, event_type, field, label, description, type, unit, is_published,
          coalesce(events, 0)::bigint as events, coalesce(profiles, 0)::bigint as profiles,
          case when is_published then share_filled end as share_filled,
          case when is_published then distinct_values end as distinct_values,
          case when is_published then top_values end as top_values,
          case when is_published then quantiles end as quantiles
        from event_fields left join event_counts using (event_type) left join spreads using (event_type, field)
        order by position`);
      await database.run("drop table event_fields; drop table event_counts; drop table event_draw");
    }
  });

  function fieldsOf(type: string) {
    return eventFields
      .filter(({types}) => types.includes(type))
      .map((field) => ({type, field, published: field.published && shown.includes(type)}));
  }
}

/** Raised when the same definitions come to give another table. */
const revision = 2;

/** The fields whose values are worth showing. */
const spread = /^(value|quantity|event_date|properties\..+)$/;

const shares = [...Array.from({length: 20}, (_, i) => i / 20), 0.99, 0.999, 1];

function valuesOf({type, field, published}: {type: string; field?: EventField; published: boolean}): string[] {
  const text = (value: string | undefined) => (value === undefined ? "null::varchar" : quoteText(value));
  return [
    quoteText(type),
    text(field?.name),
    text(field?.label ?? type),
    text(field?.description),
    text(field?.type),
    text(field?.unit),
    String(published)
  ];
}

function columnOf(field: string): string {
  const [, property] = /^properties\.(.+)$/.exec(field) ?? [];
  return property === undefined ? field : `properties.${quoteName(property)}`;
}

function spreadSql({name, type}: EventField, i: number): string {
  const column = `f${i}`;
  const family = familyOf(type);
  const head = `${quoteText(name)} as field, count(${column}) / count(*)::double as share_filled`;
  if (family === "text" || family === "boolean") {
    return `select event_type, ${head}, count(distinct ${column})::integer as distinct_values, any_value(top) as top_values, null::varchar as quantiles
      from event_draw left join (
        select event_type, to_json(list({value: value, events: events} order by place))::varchar as top
        from (
          select event_type, ${column}::varchar as value, count(*) as events,
            row_number() over (partition by event_type order by count(*) desc, value) as place
          from event_draw where ${column} is not null group by event_type, value
        ) where place <= 30 group by event_type
      ) using (event_type) group by event_type`;
  }
  const number = family === "date" ? `epoch(${column})` : `${column}::double`;
  return `select event_type, ${head}, null::integer as distinct_values, null::varchar as top_values,
      to_json(quantile_disc(${number}, [${shares.join(", ")}]))::varchar as quantiles
    from event_draw group by event_type`;
}
