import {describe, expect, test} from "vitest";
import {wilson} from "../../../lib/stats/wilson.js";
import {openDatabase} from "../../../loaders/engine/database.js";
import {fittingShare, sampleCondition} from "../../../loaders/publish/sample.js";

describe("fittingShare(share, size, maxBytes)", () => {
  test("fits, and leaves less than a quarter of the room", () => {
    for (let size = 1e6; size < 1e9; size *= 1.037) {
      const share = fittingShare(0.05, size, 64e6);
      expect((share / 0.05) * size).toBeLessThanOrEqual(64e6);
      if (share < 1) expect((share / 0.05) * size).toBeGreaterThan(0.75 * 64e6);
    }
  });

  test("is the same for sizes that differ by little, almost always", () => {
    const sizes = Array.from({length: 1000}, (_, i) => 5e6 * 1.003 ** i);
    const same = sizes.filter((size) => fittingShare(0.05, size, 64e6) === fittingShare(0.05, 1.01 * size, 64e6));
    expect(same.length / sizes.length).toBeGreaterThan(0.9);
  });

  test("shrinks what is too large by a step at least, and never asks for more than all", () => {
    expect(fittingShare(1, 64.1e6, 64e6)).toBeCloseTo(2 ** -0.25);
    expect(fittingShare(0.05, 1e6, 64e6)).toBe(1);
  });
});

describe("sampleCondition(columns, share)", () => {
  test("draws samples whose 95% intervals hold the truth in some 95 of 100", async () => {
    const database = await openDatabase(":memory:");
    const populations = await database.rows<{n: number; k: number}>(
      `with people as (select range // 3000 as population, xor(hash('people'), hash(range)) as id from range(600000))
       select count(*)::int as n, count(*) filter (id // 7 % 10 < 3)::int as k from people
       where ${sampleCondition(["population", "id"], 0.1)} group by population`
    );
    database.close();
    const held = populations.filter(({n, k}) => {
      const {lower, upper} = wilson(k, n);
      return lower <= 0.3 && 0.3 <= upper;
    });
    expect(populations).toHaveLength(200);
    expect(held.length).toBeGreaterThan(180);
    expect(held.length).toBeLessThan(200);
  });
});
