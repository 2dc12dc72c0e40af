import {fromLocal, startOfDate} from "../../../lib/calendar.js";
import {campaignDefinition, type CampaignDefinition} from "../../../lib/definitions/campaign.js";
import {formatLookback, parseLookback} from "../../../lib/definitions/lookback.js";
import {utcText} from "../../../lib/sql.js";
import type {Database} from "../../engine/database.js";
import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {typescriptModel} from "../../engine/typescriptModel.js";

/**
 * `activation.campaigns`: the definitions as a table, and the defaults for every campaign_id in the events that no
 * definition names, so that the models that follow are plain SQL.
 */
export function campaignsNode(workspace: Workspace): GraphNode {
  const defined = workspace.campaigns.map((campaign) => campaignRow(workspace, campaign.id, campaign, true));
  return typescriptModel({
    header: {
      name: "activation.campaigns",
      description: "Every campaign: as defined in campaigns/*.yaml, or by default where only its events are known.",
      grain: "one row per campaign",
      key: ["campaign_id"],
      columns: {
        campaign_id: "The definition's file name, or the events' campaign_id",
        ids: "The events' campaign_id values that mean it",
        name: "What pages call it",
        description: "What it was",
        is_defined: "Whether a definition stands behind it",
        audience_id: "The audience of sends that name none",
        sent_at: "When it went out, as defined (UTC)",
        ranked_metric: "The metric of the decile at send",
        ranked_lookback: "Its lookback",
        ranked_category: "Its category",
        conversion_events: "Event types that are conversions",
        conversion_days: {description: "How long after the send an order is credited", unit: "days"},
        windows: {description: "How long after assignment the arms are compared", unit: "days"},
        honeypot: "Part of a link that people cannot see",
        cost_per_send: "Cost of one mail, in the workspace's currency",
        margin: "Share of revenue that is margin, as it says itself",
        earned: "The same, else the workspace's; null where neither says",
        arms: "Its arms: key, label, whether held out, and the relative size meant",
        measures: "What it is judged by: key, label, kind, event types, sign"
      }
    },
    inputs: ["core.events"],
    usesAsOf: true,
    content: [defined, campaignRow(workspace, "", campaignDefinition.parse({name: "x"}), false)],
    async build({database, asOf}) {
      const seen = await database.rows<{campaign_id: string}>(
        `select distinct campaign_id from core.events
         where campaign_id is not null and event_time < $as_of::timestamp order by all`,
        {as_of: asOf}
      );
      const known = new Set(defined.flatMap((row) => row.ids));
      const taken = new Set(defined.map((row) => row.campaign_id));
      const rest = seen
        .map((row) => row.campaign_id)
        .filter((id) => !known.has(id))
        .map((id) => {
          const row = campaignRow(workspace, id, campaignDefinition.parse({name: id}), false);
          return taken.has(id) ? {...row, campaign_id: `${id} (events)`} : row;
        });
      await writeRows(database, "activation.campaigns__new", campaignShape, [...defined, ...rest]);
    }
  });
}

const campaignShape = {
  campaign_id: "VARCHAR",
  ids: ["VARCHAR"],
  name: "VARCHAR",
  description: "VARCHAR",
  is_defined: "BOOLEAN",
  audience_id: "VARCHAR",
  sent_at: "TIMESTAMP",
  ranked_metric: "VARCHAR",
  ranked_lookback: "VARCHAR",
  ranked_category: "VARCHAR",
  conversion_events: ["VARCHAR"],
  conversion_days: "INTEGER",
  windows: ["INTEGER"],
  honeypot: "VARCHAR",
  cost_per_send: "DOUBLE",
  margin: "DOUBLE",
  earned: "DOUBLE",
  arms: [{arm: "VARCHAR", label: "VARCHAR", is_holdout: "BOOLEAN", share: "DOUBLE"}],
  measures: [
    {measure: "VARCHAR", label: "VARCHAR", kind: "VARCHAR", position: "INTEGER", events: ["VARCHAR"], sign: "VARCHAR"}
  ]
};

function campaignRow(workspace: Workspace, id: string, campaign: CampaignDefinition, isDefined: boolean) {
  const metric = campaign.ranked_by.metric ?? Object.keys(workspace.metrics)[0]!;
  return {
    campaign_id: id,
    ids: campaign.ids ?? [id],
    name: campaign.name,
    description: campaign.description ?? null,
    is_defined: isDefined,
    audience_id: campaign.audience ?? null,
    sent_at: campaign.sent_at === undefined ? null : instant(campaign.sent_at, workspace.time_zone),
    ranked_metric: metric,
    ranked_lookback: rankedLookback(workspace, metric, campaign.ranked_by.lookback),
    ranked_category: campaign.ranked_by.category ?? "*",
    conversion_events: campaign.conversion.events,
    conversion_days: campaign.conversion.window_days,
    windows: [...new Set(campaign.windows)].sort((a, b) => a - b),
    honeypot: campaign.honeypot ?? null,
    cost_per_send: campaign.cost_per_send ?? null,
    margin: campaign.margin ?? null,
    earned: campaign.margin ?? (typeof workspace.value?.margin === "number" ? workspace.value.margin : null),
    arms: Object.entries(campaign.arms ?? {}).map(([arm, {label, holdout, share}]) => ({
      arm,
      label: label ?? sentence(arm),
      is_holdout: holdout,
      share: share ?? null
    })),
    measures: Object.entries(campaign.measures).map(([measure, {label, ...rest}], position) => ({
      measure,
      label: label ?? sentence(measure),
      position,
      ...rest
    }))
  };
}

/** The lookback asked for; else 12 months, or the metric's last where it has no such one. */
function rankedLookback(workspace: Workspace, metric: string, given: string | undefined): string {
  const spell = (text: string) => formatLookback(parseLookback(text)!);
  if (given !== undefined) return spell(given);
  const lookbacks = (workspace.metrics[metric]?.lookbacks ?? workspace.lookbacks).map(spell);
  return lookbacks.includes("12 months") ? "12 months" : lookbacks[lookbacks.length - 1]!;
}

/** A date or time of a definition as UTC text; a local one is read in the workspace's zone. */
function instant(text: string, zone: string): string {
  const date = /^\d{4}-\d\d-\d\d$/.test(text)
    ? startOfDate(text, zone)
    : /(Z|[+-]\d\d:?\d\d)$/i.test(text)
      ? new Date(text)
      : fromLocal(new Date(`${text}Z`), zone);
  return utcText(date);
}

/** "bought_mens" is "Bought mens". */
function sentence(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Writes plain rows as a table with these column types. */
export async function writeRows(
  database: Database,
  table: string,
  shape: Record<string, unknown>,
  rows: Record<string, unknown>[]
): Promise<void> {
  const type = JSON.stringify([shape]).replaceAll("'", "''");
  await database.run(
    `create table ${table} as
     select row.* from (select unnest(from_json($rows::json, '${type}')) as row)`,
    {rows: JSON.stringify(rows)}
  );
}
