import {fieldFamily, type Field} from "../../lib/rules/field.js";
import {quoteName, quoteText} from "../../lib/sql.js";
import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {reachColumns} from "./channels.js";
import {warehouseFields, type WarehouseField} from "./fields.js";

/** `insights.segment_fields`: what each column of insights.segment_profiles is, and how its values are distributed. */
export function segmentFieldsNode(workspace: Workspace): GraphNode {
  const fields = [...warehouseFields(workspace), ...reachColumns(workspace).map(reachField)];
  const name = "insights.segment_fields";
  const sql = `${fields.map(fieldSql).join("\nunion all\n")}\norder by position`;
  return typescriptModel({
    header: {
      name,
      description: "The fields that a segment's rule may name, and what says whether somebody can be reached.",
      grain: "one row per field",
      key: ["column_name"],
      publish: "rows",
      columns: {
        position: "order in lists",
        column_name: "in insights.segment_profiles, where it is published",
        kind: "attribute, metric or decile; reach: why a channel reaches somebody or not, which no rule names",
        name: "of the attribute, metric or channel",
        lookback: "of a metric or decile",
        label: "what pages call it",
        description: "in words",
        type: "value type",
        unit: "of a metric or amount",
        buckets: "of a decile: how many there are",
        is_published: "whether the column is in insights.segment_profiles; of others nothing is said about values",
        share_filled: {description: "profiles that have a value", unit: "share"},
        distinct_values: {description: "different values; null of numbers and dates"},
        top_values: "the 30 commonest values with their counts, as JSON",
        quantiles: "minimum, every twentieth, the 99th and 99.9th percentile and maximum, as JSON"
      }
    },
    file: "loaders/audiences/segmentFields.ts",
    inputs: ["insights.segment_profiles"],
    content: sql,
    sql,
    async build({database}) {
      await database.run(`create or replace table insights.segment_fields__new as ${sql}`);
    }
  });
}

const shares = [...Array.from({length: 20}, (_, i) => i / 20), 0.99, 0.999, 1];

type ListedField = Omit<WarehouseField, "kind"> & {kind: WarehouseField["kind"] | "reach"};

function reachField({channel, column}: ReturnType<typeof reachColumns>[number]): ListedField {
  const label = channel.label ?? channel.id;
  return {
    kind: "reach",
    name: channel.id,
    column,
    from: column,
    label,
    type: "string",
    published: true,
    description: ""
  };
}

function fieldSql(field: ListedField, position: number): string {
  const column = quoteName(field.column);
  const family = fieldFamily(field as Field);
  const isListed = family === "text" || family === "boolean" || family === "decile";
  const top = `(select to_json(list({value: value, profiles: profiles} order by profiles desc, value))::varchar from (
      select ${column}::varchar as value, count(*) as profiles from insights.segment_profiles
      where ${column} is not null group by ${column} order by profiles desc, value limit 30))`;
  const quantiles = `(select to_json(list_transform(
        quantile_disc(${comparable(field)}, [${shares.join(", ")}]), lambda value: ${numberOf(field, "value")}
      ))::varchar from insights.segment_profiles where ${column} is not null)`;
  const text = (value: string | undefined) => (value === undefined ? "null::varchar" : quoteText(value));
  const head = `select ${position} as position, ${text(field.column)} as column_name, ${text(field.kind)} as kind,
  ${text(field.name)} as name, ${text(field.lookback)} as lookback, ${text(field.label)} as label,
  ${text(field.description)} as description, ${text(field.type)} as type, ${text(field.unit)} as unit,
  ${field.buckets ?? "null"}::integer as buckets, ${field.published} as is_published`;
  if (!field.published) {
    return `${head}, null::double as share_filled, null::integer as distinct_values, null::varchar as top_values,
  null::varchar as quantiles`;
  }
  return `${head},
  count(${column}) / nullif(count(*), 0)::double as share_filled,
  ${isListed ? `count(distinct ${column})` : "null"}::integer as distinct_values,
  ${isListed ? top : "null::varchar"} as top_values, ${isListed ? "null::varchar" : quantiles} as quantiles
from insights.segment_profiles`;
}

/** SQL by which quantiles are chosen. Doubles take thrice as long as integers, and totals were decimals before. */
function comparable({column, kind, type}: ListedField): string {
  const isTotal = type === "number" && (kind === "metric" || kind === "rfm");
  return isTotal ? `${quoteName(column)}::decimal(18, 4)` : quoteName(column);
}

function numberOf({type}: ListedField, value: string): string {
  return type === "date" || type === "timestamp" ? `epoch(${value})` : `${value}::double`;
}
