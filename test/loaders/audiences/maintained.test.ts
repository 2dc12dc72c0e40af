import fc from "fast-check";
import {expect, test} from "vitest";
import {audienceNodes} from "../../../loaders/audiences/audiences.js";
import {createLedger} from "../../../loaders/audiences/ledgerTables.js";
import type {Database} from "../../../loaders/engine/database.js";
import {build, testWarehouse, testWorkspace} from "./fixture.js";

const day = 86_400_000;
const first = Date.parse("2024-01-01T05:00:00Z");
const needed = new Set(["base", "imports", "now", "splits", "members"].map((name) => `derived.audience_${name}`));
const people = [1, 2, 3, 4, 5, 6];

/** What a refresh finds: everybody's score (null: gone), the day it describes, and where the rule's bar lies. */
interface Step {
  scores: (number | null)[];
  day: number;
  bar: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  scores: fc.array(fc.option(fc.integer({min: 0, max: 3}), {freq: 6}), {minLength: people.length, maxLength: people.length}), // prettier-ignore
  day: fc.integer({min: 0, max: 6}),
  bar: fc.integer({min: 1, max: 2})
});

test("membership maintained over many refreshes, repeated and out of order, equals recomputation", async () => {
  const database = await testWarehouse();
  await fc.assert(
    fc.asyncProperty(fc.array(step, {minLength: 3, maxLength: 8}), async (steps) => {
      await createLedger(database);
      for (const table of ["members", "runs", "mix", "versions"])
        await database.run(`delete from records.audience_${table}`);
      const recorded = new Map<number, Record<string, Set<number>>>();
      for (const [i, now] of steps.entries()) {
        await refreshOnce(database, now, `run ${i}`);
        const isLate = [...recorded.keys()].some((other) => other > now.day);
        if (!isLate) recorded.set(now.day, expectedAt(now, recorded));
        for (const [at, expected] of recorded) {
          for (const [audience, members] of Object.entries(expected)) {
            const found = await membersAt(database, audience, at);
            expect(found, `${audience} on day ${at} after step ${i}`).toEqual([...members].sort());
          }
        }
        await checkSizes(database, recorded);
      }
    }),
    {numRuns: Number(process.env.PROPERTY_RUNS ?? 12), seed: 20240101}
  );
  database.close();
}, 600_000);

async function refreshOnce(database: Database, {scores, day: at, bar}: Step, runId: string): Promise<void> {
  const rows = people.flatMap((id, i) =>
    scores[i] === null ? [] : [`(${id}::ubigint, timestamp '2023-12-01', timestamp '2023-12-02', ${scores[i]})`]
  );
  await database.run(
    `create or replace table core.profiles as
     select profile_id, first_event_at, last_event_at, null::varchar as tier, null::date as joined, score::integer as score,
       null::varchar as email, null::varchar as note
     from (values (0::ubigint, timestamp '2023-12-01', timestamp '2023-12-02', -9), ${rows.join(", ") || "(0::ubigint, timestamp '2023-12-01', timestamp '2023-12-02', -9)"})
       as t(profile_id, first_event_at, last_event_at, score)
     qualify row_number() over (partition by profile_id) = 1`
  );
  const workspace = testWorkspace({
    high: `name: High\nrule: {attribute: score, at_least: ${bar}}\n`,
    ever: "name: Ever\nrule: {audience: high, membership: ever}\n",
    lost: "name: Lost\nrule: {audience: high, membership: left}\n",
    best: "name: Best\nrule: {attribute: score, at_least: 0}\ntop: {n: 2, by: {attribute: score}, ties: all}\n",
    not_best: "name: Not the best\nrule: {none: [{audience: best}, {attribute: score, at_most: -1}]}\n"
  });
  const nodes = (await audienceNodes(database, workspace)).filter(({name}) => needed.has(name));
  await build(database, workspace, nodes, {asOf: new Date(first + at * day), runId});
}

function expectedAt({scores, bar, day: at}: Step, recorded: Map<number, Record<string, Set<number>>>) {
  const score = new Map(people.map((id, i) => [id, scores[i]!] as const).filter(([, value]) => value !== null));
  const those = (holds: (id: number) => boolean) => new Set([...score.keys()].filter(holds));
  const high = those((id) => score.get(id)! >= bar);
  const before = [...recorded].filter(([other]) => other < at).map(([, sets]) => sets.high!);
  const wasIn = (id: number) => before.some((set) => set.has(id));
  const border = [...score.values()].sort((a, b) => b - a)[1] ?? -Infinity;
  const best = those((id) => score.get(id)! >= border);
  return {
    high,
    ever: those((id) => high.has(id) || wasIn(id)),
    lost: those((id) => !high.has(id) && wasIn(id)),
    best,
    not_best: those((id) => !best.has(id))
  };
}

async function membersAt(database: Database, audience: string, at: number): Promise<number[]> {
  const rows = await database.rows<{profile_id: number}>(
    `select profile_id from derived.audience_members
     where audience_id = $audience and entered_at <= $at and (left_at is null or left_at > $at) order by profile_id`,
    {audience, at: new Date(first + at * day)}
  );
  return rows.map(({profile_id}) => profile_id);
}

/** The sizes kept, and who came and went, are those of the sets. */
async function checkSizes(database: Database, recorded: Map<number, Record<string, Set<number>>>): Promise<void> {
  const days = [...recorded.keys()].sort((a, b) => a - b);
  for (const audience of ["high", "ever", "lost", "best", "not_best"]) {
    const rows = await database.rows(
      `select profiles, entered, "left" from records.audience_runs where audience_id = $audience order by as_of`,
      {audience}
    );
    const expected = days.map((at, i) => {
      const [now, before] = [recorded.get(at)![audience]!, i === 0 ? new Set<number>() : recorded.get(days[i - 1]!)![audience]!]; // prettier-ignore
      return {
        profiles: now.size,
        entered: [...now].filter((id) => !before.has(id)).length,
        left: [...before].filter((id) => !now.has(id)).length
      };
    });
    expect(rows, audience).toEqual(expected);
  }
}
