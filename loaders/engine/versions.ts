import {randomUUID} from "node:crypto";
import type {Database} from "./database.js";

/** Marks a table as changed, so that what reads it is built again. Call inside the transaction that changes it. */
export async function bumpVersion(database: Database, name: string): Promise<void> {
  await database.run(
    `insert into runs.versions (name, version) values ($name, $version)
     on conflict (name) do update set version = excluded.version`,
    {name, version: randomUUID()}
  );
}

/** The versions of all tables that have one. */
export async function tableVersions(database: Database): Promise<Map<string, string>> {
  const rows = await database.rows<{name: string; version: string}>("select name, version from runs.versions");
  return new Map(rows.map((row) => [row.name, row.version]));
}
