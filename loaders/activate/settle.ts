import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {destinationOf} from "./activate.js";
import {createLedger, rowStatesSql} from "./ledger/tables.js";

export interface SettleOptions {
  audience: string;
  destination: string;
  /** What became of them, as somebody found out. */
  as: "sent" | "unsent";
  /** Of this one alone. */
  sendId?: string;
  now: Date;
}

/**
 * Says of rows whose end is not known whether they were sent. Those that were not are sent by the next delivery; a batch
 * is settled as a whole, as it was sent. Returns how many rows were settled.
 */
export async function settle(database: Database, workspace: Workspace, options: SettleOptions): Promise<number> {
  const {audience, destination, as, sendId, now} = options;
  await createLedger(database);
  destinationOf(workspace, destination);
  await database.run(
    `create or replace temp table settling as
     select delivery_id, ordinal, batch from ${rowStatesSql}
     where destination_id = $destination and audience_id = $audience and status = 'unknown'
       and ($send is null or send_id = $send)
     group by delivery_id, ordinal, batch`,
    {destination, audience, send: sendId ?? null}
  );
  const rows = await database.value<number>(
    `select count(*) from records.delivery_rows as rows join settling using (ordinal, batch)`
  );
  await database.run(
    `insert into records.delivery_requests
     select delivery_id, batch, max(step) + 1, $state, $now, 'settled', 'settled by hand'
     from settling join records.delivery_requests using (delivery_id, batch) group by delivery_id, batch order by all`,
    {state: as === "sent" ? "acknowledged" : "unsent", now}
  );
  return rows!;
}
