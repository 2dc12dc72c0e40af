import {randomUUID} from "node:crypto";
import {localDate} from "../../lib/calendar.js";
import {unknownName} from "../../lib/definitions/explain.js";
import type {FileFormat} from "../../lib/definitions/fileFormat.js";
import {fileName} from "../../lib/files/fileName.js";
import type {HoldoutPower} from "../../lib/response/holdoutPower.js";
import {asOfInstant} from "../engine/asOf.js";
import type {Database} from "../engine/database.js";
import {silent, type Progress} from "../engine/progress.js";
import {recordRuns} from "../engine/records.js";
import {bumpVersion} from "../engine/versions.js";
import {workspaceKey} from "../engine/warehouse.js";
import type {Workspace} from "../workspace.js";
import {systemClock, type Clock} from "./client/clock.js";
import type {Destination, FileDestination, RowDestination} from "./destination.js";
import {exportFiles} from "./files/exportFiles.js";
import {beginDelivery, endDelivery, type Begun} from "./ledger/begin.js";
import {openJournal} from "./ledger/journal.js";
import {checkLedger, leaveMarker} from "./ledger/marker.js";
import {createLedger, type Scope} from "./ledger/tables.js";
import {mask, openFields} from "./mask.js";
import {NotSentError, reasonOf} from "./notSent.js";
import {openDestination} from "./open.js";
import {sentBy, type Ranking} from "./plan/members.js";
import {makePlan, type Ability, type Definition, type Plan} from "./plan/plan.js";
import {campaignPower} from "./power.js";
import {recover} from "./send/recover.js";
import {freeName, noteReady, outbox, putFiles} from "./send/sendFiles.js";
import {readBatches} from "./send/batches.js";
import {sendRows} from "./send/sendRows.js";

export interface ActivateOptions {
  audience: string;
  destination: string;
  campaign?: string;
  /** Only people of this arm of the campaign. */
  arm?: string;
  /** Say what would be sent; send nothing, record nothing. */
  dryRun?: boolean;
  /** Send again what the destination refused, although it is the same. */
  retry?: boolean;
  /** When the schedule wanted it. */
  scheduledFor?: Date;
  progress?: Progress;
  clock?: Clock;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

export interface ActivateReport extends Plan {
  destination: string;
  audience: string;
  campaign?: string;
  asOf: Date;
  /** `nothing`: there was nothing to tell; `planned`: a dry run; `done`; `partial` and `failed`: see the ledger. */
  status: "nothing" | "planned" | "done" | "partial" | "failed";
  deliveryId?: string;
  /** Names of the files put. */
  files?: string[];
  /** Rows by what became of them. */
  results?: Record<string, number>;
  power?: HoldoutPower;
  /** The first twenty rows, masked; of a dry run. */
  rows?: {action: string; sendId: string; fields: unknown}[];
  error?: string;
  /** Why it failed, in a word that pages may show. */
  reason?: string;
}

/**
 * Sends an audience to a destination: whatever changed since what was sent there before. The caller holds the
 * workspace's lock. Throws where it refuses to send at all.
 */
export async function activate(
  database: Database,
  workspace: Workspace,
  options: ActivateOptions
): Promise<ActivateReport> {
  const {progress = silent, clock = systemClock} = options;
  const now = () => new Date(clock.now());
  await createLedger(database);
  const definition = destinationOf(workspace, options.destination);
  const scope = await scopeOf(database, workspace, definition, options);
  await checkLedger(database, workspace, definition.id);
  if (!options.dryRun) refuseQuietDay(workspace, definition, now());
  const asOf = await asOfInstant(database, workspace);
  const destination = await openDestination(definition, {root: workspace.root, clock, env: options.env});
  try {
    const version = await versionOf(database, scope.audience);
    const lineage = options.dryRun
      ? undefined
      : await recover(database, workspace, destination, {id: definition.id, audience: scope.audience, now});
    progress.step(`${scope.audience} to ${definition.id}: planning`);
    const campaignIds = workspace.campaigns.find(({id}) => id === scope.campaign)?.ids ?? [scope.campaign ?? ""];
    const ranking = await rankingOf(database, workspace, scope.campaign);
    const request = {
      scope,
      campaignIds,
      ranking,
      arm: options.arm,
      asOf,
      now: now(),
      version,
      retry: options.retry ?? false
    };
    const key = workspaceKey(workspace);
    const plan = await makePlan(database, workspace, definition, request, ability(destination), key);
    const power = await campaignPower(database, workspace, scope.campaign, plan, asOf);
    const about = {
      ...plan,
      destination: definition.id,
      audience: scope.audience,
      campaign: scope.campaign,
      asOf,
      power
    };
    if (options.dryRun)
      return {...about, status: "planned", rows: await maskedRows(database, openFields(workspace, definition))};
    const rows = plan.actions.add + plan.actions.update + plan.actions.remove;
    const begun: Begun = {
      deliveryId: randomUUID(),
      lineage: lineage ?? randomUUID(),
      scope,
      version,
      arm: options.arm,
      isIdempotent: destination.idempotent,
      mode: definition.mode,
      asOf,
      runId: randomUUID(),
      scheduledFor: options.scheduledFor,
      beganAt: now(),
      members: plan.members,
      sentBy: sentBy(request, key),
      exclusions: plan.exclusions
    };
    if (rows === 0 && !(destination.takes === "files" && definition.mode === "full")) {
      await recordAssignments(database, begun, now);
      return {...about, status: "nothing"};
    }
    const sent = await send({database, workspace, definition, destination, begun, plan, rows, options, progress, now});
    return {...about, ...sent, deliveryId: begun.deliveryId};
  } finally {
    await destination.close();
  }
}

// People may be new to a campaign and all of them held out: nothing is sent, and that must be known.
async function recordAssignments(database: Database, begun: Begun, now: () => Date): Promise<void> {
  if (begun.scope.campaign === undefined) return;
  const assigned = await database.value<number>(
    "select count(*) from sending_decisions where not is_assigned and (reason is null or reason in ('held_out', 'other_arm'))"
  );
  if (assigned === 0) return;
  await beginDelivery(database, begun);
  await endDelivery(database, begun.deliveryId, now());
}

/** What reads the ledger, and is published anew when something was sent. */
const ledgerViews = ["deliveries", "delivery_rows", "delivery_exclusions", "delivery_outcomes", "standing", "assignments"].map((name) => `activation.${name}`); // prettier-ignore

interface Sending {
  database: Database;
  workspace: Workspace;
  definition: Definition;
  destination: Destination;
  begun: Begun;
  plan: Plan;
  rows: number;
  options: ActivateOptions;
  progress: Progress;
  now(): Date;
}

async function send(
  sending: Sending
): Promise<Pick<ActivateReport, "status" | "results" | "files" | "error" | "reason">> {
  const {database, workspace, definition, destination, begun, options, rows, progress, now} = sending;
  const start = performance.now();
  progress.step(`${begun.scope.audience} to ${definition.id}: writing`);
  await leaveMarker(database, workspace, definition.id, now());
  let result: {files?: string[]; error?: Error};
  if (destination.takes === "files") {
    const base = await baseName(sending, destination);
    await beginDelivery(database, {...begun, baseName: base});
    result = await sendFiles(sending, destination, base);
  } else {
    await beginDelivery(database, begun);
    result = {error: await sendBatches(sending, destination)};
  }
  const {status, results} = await endDelivery(database, begun.deliveryId, now(), result.error);
  await bumpVersion(database, ...ledgerViews);
  await recordRuns(database, [
    {
      run_id: begun.runId,
      kind: "delivery",
      name: `${begun.scope.audience} to ${definition.id}`,
      status: status === "done" ? "ok" : status,
      rows,
      seconds: Math.round(performance.now() - start) / 1000,
      error: result.error?.message,
      as_of: begun.asOf,
      inputs: [options.audience],
      started_at: begun.beganAt,
      finished_at: now()
    }
  ]);
  return {
    status,
    results,
    files: result.files,
    ...(result.error && {error: result.error.message, reason: reasonOf(result.error)})
  };
}

async function sendBatches(
  {database, definition, begun, plan, options, progress, now}: Sending,
  destination: RowDestination
) {
  // prettier-ignore
  const journal = await database.connect();
  try {
    return await sendRows({
      destination,
      journal: openJournal(journal, begun.deliveryId, now),
      next: readBatches(database, {batches: plan.batches, batchSize: destination.batchSize, lineage: begun.lineage}),
      audience: begun.scope.audience,
      campaign: begun.scope.campaign,
      signal: options.signal,
      progress: (done) => progress.step(`${begun.scope.audience} to ${definition.id}`, done, plan.batches)
    });
  } finally {
    journal.close();
  }
}

async function sendFiles(
  {database, workspace, definition, begun, progress, now}: Sending,
  destination: FileDestination,
  base: string
) {
  const name = `${begun.scope.audience} to ${definition.id}`;
  const folder = outbox(workspace, begun.deliveryId);
  const files = await exportFiles({
    database,
    table: "sending_rows",
    format: formatOf(definition),
    folder,
    root: workspace.root,
    base,
    about: {
      delivery: begun.deliveryId,
      destination: definition.id,
      audience: begun.scope.audience,
      audience_version: String(begun.version ?? ""),
      campaign: begun.scope.campaign ?? null,
      mode: definition.mode,
      as_of: begun.asOf.toISOString(),
      created_at: begun.beganAt.toISOString()
    }
  });
  await noteReady(folder, files);
  const journal = openJournal(database, begun.deliveryId, now);
  const error = await putFiles(destination, journal, files, folder, (done) => progress.step(name, done, files.length));
  return {files: files.map(({name}) => name), error};
}

async function baseName({workspace, definition, begun, rows}: Sending, destination: FileDestination): Promise<string> {
  const format = formatOf(definition);
  const name = fileName(format.name, {
    destination: definition.id,
    audience: begun.scope.audience,
    campaign: begun.scope.campaign,
    mode: definition.mode,
    version: begun.version ?? "",
    delivery: begun.deliveryId,
    asOf: begun.asOf,
    at: begun.beganAt,
    timeZone: workspace.time_zone
  });
  return await freeName(destination, name, rows, format);
}

function formatOf(definition: Definition): FileFormat {
  if ("files" in definition) return definition.files;
  throw new Error(`${definition.kind} takes no files`);
}

/** The destination of that name. Throws where there is none. */
export function destinationOf(workspace: Workspace, id: string): Definition {
  const found = workspace.destinations.find((one) => one.id === id);
  if (found) return found;
  throw new Error(unknownName("destination", id, workspace.destinations.map((one) => one.id))); // prettier-ignore
}

async function scopeOf(
  database: Database,
  workspace: Workspace,
  {id, kind, file}: Definition,
  {audience, campaign, arm}: ActivateOptions
): Promise<Scope> {
  const campaigns = workspace.campaigns.map((one) => one.id);
  if (campaign !== undefined && !campaigns.includes(campaign)) throw new NotSentError(unknownName("campaign", campaign, campaigns), "bad_definition"); // prettier-ignore
  if (campaign === undefined && kind === "smtp")
    throw new NotSentError(`${file} sends mails: name their campaign (--campaign)`, "bad_definition");
  if (arm !== undefined && campaign === undefined) throw new Error("an arm is a campaign's: name it, too (--campaign)");
  const arms = Object.keys(workspace.campaigns.find((one) => one.id === campaign)?.arms ?? {mail: {}});
  if (arm !== undefined && !arms.includes(arm)) throw new Error(unknownName("arm", arm, arms));
  const saved = workspace.audiences.map((one) => one.id);
  const known = await database.value<number>(
    "select count(*) from records.audience_runs where audience_id = $audience",
    {audience}
  );
  if (known! > 0) return {destination: id, kind, audience, campaign};
  if (!saved.includes(audience)) throw new NotSentError(unknownName("audience", audience, saved), "unknown_audience");
  throw new NotSentError(`audience ${audience} has no members on record: publish it, and refresh`, "no_members");
}

async function versionOf(database: Database, audience: string): Promise<number | null> {
  return (
    (await database.value<number | null>(
      "select max(version) from records.audience_versions where audience_id = $audience",
      {audience}
    )) ?? null
  );
}

function refuseQuietDay(workspace: Workspace, {id, quiet_days: quiet}: Definition, now: Date): void {
  const day = quietDay(workspace, quiet, now);
  if (day !== undefined) throw new Error(`${id}: nothing is sent on a quiet day, and today is ${day}`);
}

/** The quiet day that an instant falls on in the workspace's zone, as the definition calls it. */
export function quietDay({time_zone}: Pick<Workspace, "time_zone">, quiet: string[], now: Date): string | undefined {
  const date = localDate(now, time_zone);
  const weekday = new Intl.DateTimeFormat("en", {weekday: "long", timeZone: time_zone}).format(now).toLowerCase();
  return quiet.find((day) => day === date || day === weekday);
}

function ability(destination: Destination): Ability {
  return destination.takes === "files"
    ? {batchSize: Number.MAX_SAFE_INTEGER, actions: ["add", "update", "remove"], isIdempotent: true}
    : {batchSize: destination.batchSize, actions: destination.actions, isIdempotent: destination.idempotent};
}

async function rankingOf(
  database: Database,
  workspace: Workspace,
  campaign: string | undefined
): Promise<Ranking | undefined> {
  // prettier-ignore
  const tables = await database.rows<{name: string}>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_catalog = current_database() and table_schema in ('activation', 'derived')`
  );
  const has = (name: string) => tables.some((table) => table.name === name);
  if (!has("derived.deciles")) return undefined;
  const own = has("activation.campaigns")
    ? await database.row<Ranking>(
        `select ranked_metric as metric, ranked_lookback as lookback, ranked_category as category
         from activation.campaigns where campaign_id = $campaign`,
        {campaign: campaign ?? null}
      )
    : undefined;
  return own ?? {metric: Object.keys(workspace.metrics)[0]!, lookback: "12 months", category: "*"};
}

async function maskedRows(database: Database, open: Set<string>): Promise<ActivateReport["rows"]> {
  const rows = await database.rows<{action: string; sendId: string; fields: Record<string, unknown>}>(
    `select action, send_id as "sendId", fields from sending_rows order by place limit 20`
  );
  return rows.map(({fields, ...row}) => ({
    ...row,
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, open.has(name) ? value : mask(value)])) // prettier-ignore
  }));
}
