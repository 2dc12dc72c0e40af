import {expect, test} from "vitest";
import {createLedger} from "../../../loaders/activate/ledger/tables.js";
import {standingNode} from "../../../loaders/activate/standing.js";
import {openDatabase} from "../../../loaders/engine/database.js";
import type {BuildContext} from "../../../loaders/engine/node.js";

test("what was told last of somebody says where they stand, by destination and audience", async () => {
  const database = await openDatabase(":memory:");
  try {
    await database.run("attach ':memory:' as records; create schema activation");
    await createLedger(database);
    const delivery = (ordinal: number, audience: string) =>
      database.run(
        `insert into records.deliveries (delivery_id, ordinal, lineage, destination_id, kind, is_idempotent, audience_id, mode, as_of,
           run_id, began_at, status, members)
         values ('d' || $ordinal, $ordinal, 'l', 'hook', 'webhook', true, $audience, 'incremental', '2026-03-01', 'r', '2026-03-01', 'done', 9)`,
        {ordinal, audience}
      );
    await delivery(1, "rising");
    await delivery(2, "rising");
    await delivery(3, "other");
    // Two batches in the first delivery; the second is never answered.
    await database.run(`
      insert into records.delivery_rows (ordinal, place, batch, action, key, content_hash) values
        (1, 0, 0, 'add', 'stays', 0), (1, 1, 0, 'add', 'goes', 0), (1, 2, 0, 'add', 'refused', 0), (1, 3, 0, 'add', 'comes back', 0),
        (1, 4, 1, 'add', 'unanswered', 0), (2, 0, 0, 'remove', 'comes back', 0), (2, 1, 0, 'remove', 'goes', 0),
        (2, 2, 0, 'add', 'comes back', 0), (2, 3, 1, 'add', 'waits', 0), (2, 4, 2, 'add', 'fails', 0), (3, 0, 0, 'add', 'goes', 0);
      insert into records.delivery_requests
      select *, '2026-03-01', null, null from (values
        ('d1', 0, 0, 'unanswered'), ('d1', 0, 1, 'acknowledged'), ('d1', 1, 0, 'unanswered'), ('d2', 0, 1, 'acknowledged'),
        ('d2', 2, 1, 'unsent'), ('d3', 0, 1, 'acknowledged'));
      insert into records.delivery_refusals values ('d1', 2, '550', 'no')`);
    await standingNode().build({database} as BuildContext);
    expect(await database.rows("select audience_id, state, profiles from activation.standing__new")).toEqual([
      {audience_id: "other", state: "there", profiles: 1},
      {audience_id: "rising", state: "gone", profiles: 1},
      {audience_id: "rising", state: "refused", profiles: 1},
      {audience_id: "rising", state: "there", profiles: 2},
      {audience_id: "rising", state: "unknown", profiles: 1},
      {audience_id: "rising", state: "unsent", profiles: 2}
    ]);
  } finally {
    database.close();
  }
});
