import type {Database} from "../engine/database.js";
import type {LastRun} from "./ledgerTables.js";
import type {PlannedAudience} from "./plan.js";

/** An audience whose stays are brought up to date. */
export interface Evaluated {
  id: string;
  state: LastRun["state"];
  version: number;
  /** Why people enter whom nothing else explains, and why they leave. */
  entering: string;
  leaving: string;
}

/**
 * Gives the definitions of published audiences their versions, new ones where their meaning is new, and says what a
 * change of their members would be due to.
 */
export async function publishedRuns(
  records: Database,
  audiences: PlannedAudience[],
  last: ReadonlyMap<string, LastRun>,
  {asOf, runId}: {asOf: Date; runId: string}
): Promise<Evaluated[]> {
  const latest = await byId<{version: number; hash: string}>(
    records.rows(
      `select audience_id as id, version, hash from records.audience_versions
       qualify row_number() over (partition by audience_id order by version desc) = 1`
    )
  );
  // A run of this same as-of is corrected: what counts is the one before it.
  const earlier = await byId<{state: string; version: number}>(
    records.rows(
      `select audience_id as id, state, version from records.audience_runs where as_of < $asOf
       qualify row_number() over (partition by audience_id order by as_of desc) = 1`,
      {asOf}
    )
  );
  const begun: {id: string; version: number; hash: string; definition: string}[] = [];
  const runs = audiences.map(({id, hash, definition}): Evaluated => {
    const known = latest.get(id);
    const version = known?.hash === hash ? known.version : (known?.version ?? 0) + 1;
    if (version !== known?.version) begun.push({id, version, hash, definition: JSON.stringify(definition)});
    const before = earlier.get(id);
    const same = last.get(id);
    const isChanged = before !== undefined && (before.version !== version || (same && same.version !== version));
    return {
      id,
      state: "published",
      version,
      entering: !before ? "first_run" : before.state !== "published" ? "published" : isChanged ? "rule_changed" : "matched", // prettier-ignore
      leaving: isChanged ? "rule_changed" : "unmatched"
    };
  });
  if (begun.length > 0) {
    await records.run(
      `insert into records.audience_versions
       select id, version, hash, definition, $asOf, $runId from (
         select unnest(from_json($rows::json,
           '[{"id": "VARCHAR", "version": "INTEGER", "hash": "VARCHAR", "definition": "VARCHAR"}]'
         ), recursive := true)
       )`,
      {rows: JSON.stringify(begun), asOf, runId}
    );
  }
  return runs;
}

async function byId<T>(rows: Promise<(T & {id: string})[]>): Promise<Map<string, T>> {
  return new Map((await rows).map((row) => [row.id, row]));
}
