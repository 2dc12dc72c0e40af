import {createHash, randomUUID} from "node:crypto";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Database} from "../../engine/database.js";
import {workspaceKey} from "../../engine/warehouse.js";
import type {Workspace} from "../../workspace.js";
import {NotSentError} from "../notSent.js";

/** What lies beside a destination's definition once something was sent to it. */
interface Marker {
  about: string;
  ledger: string;
  /** A fingerprint of the key, not the key. */
  key: string;
  first_sent_at: string;
}

type Place = Pick<Workspace, "root" | "warehouse">;

/**
 * Refuses to go on where a destination was sent to before and the ledger of that, or the key that its ids are made
 * with, is not the one at hand: everybody would be sent everything again.
 */
export async function checkLedger(database: Database, workspace: Place, destination: string): Promise<void> {
  const marker = readMarker(workspace, destination);
  if (!marker) return;
  const file = `destinations/${destination}.sent.json`;
  const since = `${destination} was sent to since ${marker.first_sent_at} (${file})`;
  const ledger = await database.row<{ledger_id: string}>("select ledger_id from records.ledger");
  if (ledger?.ledger_id !== marker.ledger) {
    throw new NotSentError(
      `${since}, but the record of it is not here: restore warehouse/records.duckdb; without it nobody knows who has been sent what`,
      "no_ledger"
    );
  }
  if (marker.key !== fingerprint(workspace)) {
    throw new NotSentError(`${since} under another key: restore warehouse/key, or set TENFOLD_KEY to what it was`, "other_key"); // prettier-ignore
  }
}

/** Leaves the marker, before the first thing is sent. */
export async function leaveMarker(database: Database, workspace: Place, destination: string, now: Date): Promise<void> {
  if (readMarker(workspace, destination)) return;
  const key = fingerprint(workspace);
  await database.run(`insert into records.ledger select $id, $key where not exists (from records.ledger)`, {
    id: randomUUID(),
    key
  });
  const marker: Marker = {
    about: "This destination has been sent to. Keep this file with the definitions, and warehouse/records.duckdb and warehouse/key in a backup.", // prettier-ignore
    ledger: (await database.value<string>("select ledger_id from records.ledger"))!,
    key,
    first_sent_at: now.toISOString()
  };
  writeFileSync(markerPath(workspace, destination), `${JSON.stringify(marker, undefined, 2)}\n`);
}

function readMarker(workspace: Place, destination: string): Marker | undefined {
  const path = markerPath(workspace, destination);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Marker) : undefined;
}

function markerPath({root}: Place, destination: string): string {
  return join(root, "destinations", `${destination}.sent.json`);
}

function fingerprint(workspace: Place): string {
  return createHash("sha256")
    .update(`tenfold ledger ${workspaceKey(workspace)}`)
    .digest("hex")
    .slice(0, 16);
}
