import type {Database} from "../../engine/database.js";
import type {Scope} from "./tables.js";

/** A delivery as the ledger begins it. */
export interface Begun {
  deliveryId: string;
  lineage: string;
  scope: Scope;
  version: number | null;
  arm?: string;
  isIdempotent: boolean;
  mode: string;
  asOf: Date;
  runId: string;
  scheduledFor?: Date;
  beganAt: Date;
  baseName?: string;
  members: number;
  /** What the names of its sendings are made with (`sendIdSql`). */
  sentBy: string;
  exclusions: {reason: string; profiles: number}[];
}

/**
 * Writes down, in one transaction and before anything is sent, what is to be sent to whom, why others are not, and who
 * was assigned to which arm of the campaign, held-out people included.
 */
export async function beginDelivery(records: Database, begun: Begun): Promise<void> {
  const {deliveryId, scope, asOf, beganAt} = begun;
  await records.transaction(async () => {
    await records.run(
      `insert into records.deliveries (
         delivery_id, ordinal, lineage, destination_id, kind, is_idempotent, audience_id, audience_version, campaign_id, arm, mode,
         as_of, run_id, scheduled_for, began_at, status, base_name, members, sent_by
       ) values (
         $delivery, (select coalesce(max(ordinal), 0) + 1 from records.deliveries), $lineage, $destination, $kind, $idempotent, $audience, $version, $campaign, $arm, $mode, $asOf, $run,
         $scheduledFor, $beganAt, 'running', $base, $members, $sentBy
       )`,
      {
        delivery: deliveryId,
        lineage: begun.lineage,
        destination: scope.destination,
        kind: scope.kind,
        idempotent: begun.isIdempotent,
        audience: scope.audience,
        version: begun.version,
        campaign: scope.campaign ?? null,
        arm: begun.arm ?? null,
        mode: begun.mode,
        asOf,
        run: begun.runId,
        scheduledFor: begun.scheduledFor ?? null,
        beganAt,
        base: begun.baseName ?? null,
        members: begun.members,
        sentBy: begun.sentBy
      }
    );
    await records.run(
      `insert into records.delivery_rows
       select (select ordinal from records.deliveries where delivery_id = $delivery), place, batch, action, profile_id, key,
         content_hash, given_send_id, bucket_at_send, value_at_send
       from sending_rows`,
      {delivery: deliveryId}
    );
    await records.run(
      `insert into records.delivery_exclusions
       select $delivery, unnest(from_json($exclusions::json, '[{"reason": "VARCHAR", "profiles": "BIGINT"}]'), recursive := true)`,
      {delivery: deliveryId, exclusions: JSON.stringify(begun.exclusions)}
    );
    if (scope.campaign === undefined) return;
    await records.run(
      `insert into records.sends
       select (select ordinal from records.deliveries where delivery_id = $delivery), profile_id, arm, is_holdout, given_send_id,
         bucket_at_send, value_at_send
       from sending_decisions
       where not is_assigned and (reason is null or reason in ('held_out', 'other_arm'))`,
      {delivery: deliveryId}
    );
  });
}

/** How a delivery ended: `done`, `partial` or `failed`, and how many rows each of their states (`rowStatesSql`) has. */
export interface Ended {
  status: "done" | "partial" | "failed";
  results: Record<string, number>;
}

/** Writes down that a delivery has ended, and how. */
export async function endDelivery(records: Database, deliveryId: string, endedAt: Date, error?: Error): Promise<Ended> {
  const ordinal = (await records.value<number>("select ordinal from records.deliveries where delivery_id = $deliveryId", {deliveryId}))!; // prettier-ignore
  // Counted by batch first: a million rows have few. By its number alone the engine skips the rows of all others.
  const told = await records.rows<{state: string; rows: number; refused: number}>(
    `with batches as (
       select batch, count(*) as rows, count(*) filter (place in (
         select place from records.delivery_refusals where delivery_id = $delivery
       )) as refused
       from records.delivery_rows
       where ordinal = $ordinal
       group by batch
     ),
     answers as (
       select batch, arg_max(state, step) as state from records.delivery_requests where delivery_id = $delivery group by batch
     )
     select coalesce(state, 'waiting') as state, sum(rows - refused)::bigint as rows,
       sum(refused)::bigint as refused
     from batches left join answers using (batch) group by 1 order by 1`,
    {delivery: deliveryId, ordinal}
  );
  const status = error ? "failed" : told.every(({state}) => state === "acknowledged") ? "done" : "partial";
  await records.run(
    "update records.deliveries set status = $status, ended_at = $endedAt, error = $error where delivery_id = $delivery",
    {status, endedAt, error: error?.message ?? null, delivery: deliveryId}
  );
  const refused = told.reduce((sum, one) => sum + one.refused, 0);
  const results = new Map(told.map(({state, rows}) => [state, rows]));
  if (refused > 0) results.set("refused", (results.get("refused") ?? 0) + refused);
  return {status, results: Object.fromEntries([...results].filter(([, rows]) => rows > 0))};
}
