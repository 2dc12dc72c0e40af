import type {z} from "zod";
import type {modelHeader} from "../../lib/definitions/model.js";
import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";

/**
 * `activation.destinations`: the definitions as a table, as far as pages may know them: no host, no address, no name of
 * a secret.
 */
export function destinationsNode({destinations}: Pick<Workspace, "destinations">): GraphNode {
  const rows = destinations.map(({id, ...one}) => ({
    destination_id: id,
    name: one.name,
    description: one.description ?? null,
    kind: one.kind,
    mode: one.mode,
    is_updating: one.updates,
    fields: Object.keys(one.fields).join(", "),
    has_consent: one.consent !== undefined,
    cap_sends: one.frequency_cap?.sends ?? null,
    cap_days: one.frequency_cap?.within_days ?? null,
    quiet_days: one.quiet_days.join(", ")
  }));
  return definitionTable(
    {
      name: "activation.destinations",
      description: "The places that audiences are sent to, as destinations/*.yaml define them.",
      grain: "one row per destination",
      key: ["destination_id"],
      publish: "aggregate",
      columns: {
        destination_id: "The definition's file name",
        name: "What pages call it",
        description: "What it is",
        kind: "folder, sftp, s3, smtp, eloqua, mailchimp, sendgrid, hubspot, klaviyo or webhook",
        mode: "incremental (what changed) or full (everybody each time)",
        is_updating: "Whether people are sent again when a field of theirs has changed",
        fields: "What leaves, by the destination's names, comma between",
        has_consent: "Whether only people who consent are sent",
        cap_sends: "The most campaign sends to a person within cap_days",
        cap_days: {description: "The time that cap_sends is for", unit: "days"},
        quiet_days: "Days on which nothing is sent, comma between"
      }
    },
    {
      destination_id: "VARCHAR",
      name: "VARCHAR",
      description: "VARCHAR",
      kind: "VARCHAR",
      mode: "VARCHAR",
      is_updating: "BOOLEAN",
      fields: "VARCHAR",
      has_consent: "BOOLEAN",
      cap_sends: "INTEGER",
      cap_days: "INTEGER",
      quiet_days: "VARCHAR"
    },
    rows
  );
}

/** `activation.schedules`: which audience `refresh` sends where by itself, and when. */
export function schedulesNode({destinations}: Pick<Workspace, "destinations">): GraphNode {
  const rows = destinations.flatMap(({id, deliveries}) =>
    deliveries.map(({audience, campaign = null, schedule, until = null, catch_up}, i) => ({
      destination_id: id,
      position: i + 1,
      audience_id: audience,
      campaign_id: campaign,
      schedule,
      until,
      catch_up
    }))
  );
  return definitionTable(
    {
      name: "activation.schedules",
      description: "Which audience is sent where by itself, and when, as destinations/*.yaml define it.",
      grain: "one row per destination and schedule",
      key: ["destination_id", "position"],
      publish: "aggregate",
      columns: {
        destination_id: "The destination",
        position: "Its place in the definition, from 1",
        audience_id: "The audience",
        campaign_id: "The campaign, if any",
        schedule: "Cron, in the workspace's zone",
        until: "The last day on which it runs",
        catch_up: "After missed runs: once (one at once) or skip"
      }
    },
    {
      destination_id: "VARCHAR",
      position: "INTEGER",
      audience_id: "VARCHAR",
      campaign_id: "VARCHAR",
      schedule: "VARCHAR",
      until: "DATE",
      catch_up: "VARCHAR"
    },
    rows
  );
}

function definitionTable(
  header: z.input<typeof modelHeader>,
  shape: Record<string, string>,
  rows: Record<string, unknown>[]
): GraphNode {
  const content = JSON.stringify(rows);
  return typescriptModel({
    header,
    inputs: [],
    content: [shape, content],
    async build({database}) {
      await database.run(
        `create table ${header.name}__new as
         select row.* from (select unnest(from_json($content::json, '${JSON.stringify([shape])}')) as row)`,
        {content}
      );
    }
  });
}
