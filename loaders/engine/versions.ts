import {randomUUID} from "node:crypto";
import type {Database} from "./database.js";

/** Marks tables as changed, so that what reads them is built again. Call inside the transaction that changes them. */
export async function bumpVersion(database: Database, ...names: string[]): Promise<void> {
  await database.run(
    `insert into runs.versions (name, version) values ${names.map((_, i) => `($${2 * i + 1}, $${2 * i + 2})`).join(", ")}
     on conflict (name) do update set version = excluded.version`,
    names.flatMap((name) => [name, randomUUID()])
  );
}

/** The versions of all tables that have one. */
export async function tableVersions(database: Database): Promise<Map<string, string>> {
  const rows = await database.rows<{name: string; version: string}>("select name, version from runs.versions");
  return new Map(rows.map((row) => [row.name, row.version]));
}
