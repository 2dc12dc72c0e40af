import fc from "fast-check";
import {expect, test} from "vitest";
import {expectNumbers, expectSums, header, openLanding, orders, type Landing} from "./landing.js";

const row = fc.record({
  id: fc.integer({min: 1, max: 6}),
  customer: fc.constantFrom("ada", "bob", "eve"),
  day: fc.integer({min: 1, max: 3}),
  amount: fc.constantFrom("1", "2", "oops"),
  channel: fc.constantFrom("web", "shop", "")
});

const line = (r: {id: number; customer: string; day: number; amount: string; channel: string}) =>
  `${r.id},${r.customer},2024-01-0${r.day},${r.amount},${r.channel}`;

/** What ingestion makes of files landed in steps, without what depends on the order of arrival. */
async function outcome(yaml: string, steps: string[][][]): Promise<unknown> {
  const landing: Landing = await openLanding({sources: {orders: yaml}});
  try {
    let count = 0;
    for (const files of steps) {
      for (const rows of files) landing.land(`orders/${++count}.csv`, [header, ...rows, ""].join("\n"));
      await landing.ingest();
    }
    await expectSums(landing.database);
    await expectNumbers(landing.database);
    const identities = await landing.database.rows("from core.identities order by identity_id");
    return {events: await landing.events(), identities};
  } finally {
    landing.close();
  }
}

test("any order of files and any repetition give the same events and identities", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, {minLength: 1, maxLength: 5}), {minLength: 2, maxLength: 3}),
      fc.constantFrom(
        "{rule: column, column: order_id}",
        "{rule: content}",
        "{rule: row}",
        "{rule: columns, columns: [order_id, at]}"
      ),
      async (files, rule) => {
        const yaml = orders.replace("{rule: column, column: order_id}", rule);
        const texts = files.map((rows) => rows.map(line));
        const first = await outcome(yaml, [texts]);
        const other = await outcome(yaml, [...[...texts].reverse().map((rows) => [rows]), [texts[0]!]]);
        expect(other).toEqual(first);
      }
    ),
    {numRuns: 8}
  );
});

test("with ids or keys, any split into files gives the same events and identities", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, {minLength: 3, maxLength: 9}),
      fc.integer({min: 1, max: 8}),
      fc.constantFrom("{rule: column, column: order_id}", "{rule: content}"),
      async (rows, at, rule) => {
        const yaml = orders.replace("{rule: column, column: order_id}", rule);
        const texts = rows.map(line);
        const whole = await outcome(yaml, [[texts]]);
        const parts = [texts.slice(at), texts.slice(0, at)].filter((part) => part.length > 0);
        expect(
          await outcome(
            yaml,
            parts.map((part) => [part])
          )
        ).toEqual(whole);
      }
    ),
    {numRuns: 8}
  );
});
