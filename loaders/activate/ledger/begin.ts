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
         as_of, run_id, scheduled_for, began_at, status, base_name, members
       ) values (
         $delivery, (select coalesce(max(ordinal), 0) + 1 from records.deliveries), $lineage, $destination, $kind, $idempotent, $audience, $version, $campaign, $arm, $mode, $asOf, $run,
         $scheduledFor, $beganAt, 'running', $base, $members
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
        members: begun.members
      }
    );
    await records.run(
      `insert into records.delivery_rows
       select $delivery, place, batch, action, profile_id, key, content_hash, send_id, bucket_at_send, value_at_send
       from sending_rows`,
      {delivery: deliveryId}
    );
    await records.run(
      `insert into records.delivery_exclusions
       select $delivery, reason, count(*) from sending_decisions where reason is not null group by reason order by reason`,
      {delivery: deliveryId}
    );
    if (scope.campaign === undefined) return;
    await records.run(
      `insert into records.sends
       select send_id, $campaign, arm, is_holdout, $audience, $version, profile_id, $beganAt, bucket_at_send, value_at_send,
         $delivery
       from sending_decisions
       where not is_assigned and (reason is null or reason in ('held_out', 'other_arm')) order by profile_id`,
      {campaign: scope.campaign, audience: scope.audience, version: begun.version, beganAt, delivery: deliveryId}
    );
  });
}

/** Writes down that a delivery has ended, and how. */
export async function endDelivery(
  records: Database,
  deliveryId: string,
  endedAt: Date,
  error?: Error
): Promise<string> {
  const {open, bad} = (await records.row<{open: number; bad: number}>(
    `select count(*) filter (where state is null or state in ('unanswered', 'waiting')) as open,
       count(*) filter (where state in ('unsent', 'unknown', 'refused')) as bad
     from (
       select batches.batch, arg_max(requests.state, requests.step) as state
       from (select distinct batch from records.delivery_rows where delivery_id = $delivery) as batches
       left join records.delivery_requests as requests
         on requests.delivery_id = $delivery and requests.batch = batches.batch
       group by batches.batch
     )`,
    {delivery: deliveryId}
  ))!;
  const status = error ? "failed" : open + bad > 0 ? "partial" : "done";
  await records.run(
    "update records.deliveries set status = $status, ended_at = $endedAt, error = $error where delivery_id = $delivery",
    {status, endedAt, error: error?.message ?? null, delivery: deliveryId}
  );
  return status;
}
