import {rm} from "node:fs/promises";
import type {Database} from "../../engine/database.js";
import type {Workspace} from "../../workspace.js";
import type {Destination} from "../destination.js";
import {openJournal} from "../ledger/journal.js";
import {outbox, putFiles, readyFiles} from "./sendFiles.js";

/**
 * Sees to the deliveries to a destination that ended without their end, as by a crash: files that were made are put
 * (the same ones, by their names); requests without an answer stay so where they may be repeated (the next plan does)
 * and become `unknown` where not. Returns the lineage that the next delivery of this audience continues, if any.
 */
export async function recover(
  database: Database,
  workspace: Workspace,
  destination: Destination,
  {id, audience, now}: {id: string; audience: string; now: () => Date}
): Promise<string | undefined> {
  const open = await database.rows<{delivery_id: string; audience_id: string; lineage: string; status: string}>(
    `select delivery_id, audience_id, lineage, status from records.deliveries
     where destination_id = $id and status in ('running', 'failed') order by ordinal`,
    {id}
  );
  for (const {delivery_id: delivery, status: before} of open) {
    const folder = outbox(workspace, delivery);
    let status = before === "running" ? "interrupted" : before;
    if (destination.takes === "files") {
      const files = await readyFiles(folder);
      if (files) {
        const journal = openJournal(database, delivery, now, await nextStep(database, delivery));
        const failed = await putFiles(destination, journal, files, folder);
        if (failed && failed.failure !== "refused") throw failed;
        status = failed ? "failed" : "done";
      } else await rm(folder, {recursive: true, force: true});
    } else if (before === "running" && !destination.idempotent) await markUnknown(database, delivery, now());
    if (status === before) continue;
    await database.run(
      "update records.deliveries set status = $status, ended_at = $now, error = null where delivery_id = $delivery",
      {status, delivery, now: now()}
    );
  }
  return open.findLast((one) => one.audience_id === audience && one.status === "running")?.lineage;
}

async function markUnknown(database: Database, delivery: string, now: Date): Promise<void> {
  await database.run(
    `insert into records.delivery_requests
     select delivery_id, batch, 1, 'unknown', $now, 'crash', 'the process ended before the answer came'
     from records.delivery_requests where delivery_id = $delivery
     group by delivery_id, batch having max(step) = 0`,
    {delivery, now}
  );
}

async function nextStep(database: Database, delivery: string): Promise<number> {
  return (await database.value<number>(
    "select coalesce(max(step) + 1, 0) from records.delivery_requests where delivery_id = $delivery",
    {delivery}
  ))!;
}
