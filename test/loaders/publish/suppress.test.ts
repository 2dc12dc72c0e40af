import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {openDatabase} from "../../../loaders/engine/database.js";
import {hide, suppress, type Cell} from "../../../loaders/publish/suppress.js";

const cells = (table: number[][]): Cell[] =>
  table.flatMap((row, i) => row.map((people, j) => ({id: i * 100 + j, people: [people], groups: [`r${i}`, `c${j}`]})));

describe("hide(cells, k)", () => {
  it("hides nothing where every group is large enough", () => {
    expect(hide(cells([[10, 20], [30, 40]]), 10)).toEqual([]); // prettier-ignore
  });

  it("hides another with a small group, along every total that it adds to", () => {
    const hidden = hide(cells([[3, 50, 60], [20, 70, 80], [30, 90, 100]]), 10); // prettier-ignore
    expect(hidden).toContain(0);
    for (const ids of [
      [0, 1, 2],
      [0, 100, 200]
    ]) {
      expect(ids.filter((id) => hidden.includes(id)).length).toBeGreaterThan(1);
    }
  });

  it("takes `*` for the total, not for a member", () => {
    const row: Cell[] = [
      {id: 0, people: [60], groups: ["*"]},
      {id: 1, people: [4], groups: ["a"]},
      {id: 2, people: [26], groups: ["b"]},
      {id: 3, people: [30], groups: ["c"]}
    ];
    expect(hide(row, 10)).toEqual([1, 2]);
  });

  it("leaves no row or column of a table in which exactly one group, or fewer than k people, are hidden", () => {
    const table = fc.array(fc.array(fc.integer({min: 0, max: 40}), {minLength: 4, maxLength: 4}), {
      minLength: 2,
      maxLength: 5
    });
    fc.assert(
      fc.property(table, fc.integer({min: 2, max: 15}), (people, k) => {
        const all = cells(people);
        const hidden = new Set(hide(all, k));
        const lines = [...people.map((_, i) => `r${i}`), ..."0123".split("").map((j) => `c${j}`)];
        for (const line of lines) {
          const family = all.filter(({groups, people: [count]}) => groups.includes(line) && count! > 0);
          const gone = family.filter(({id}) => hidden.has(id));
          const sum = gone.reduce((total, cell) => total + cell.people[0]!, 0);
          const isSafe = gone.length === 0 || (gone.length > 1 && sum >= k) || gone.length === family.length;
          expect(isSafe).toBe(true);
        }
        for (const cell of all) if (cell.people[0]! > 0 && cell.people[0]! < k) expect(hidden.has(cell.id)).toBe(true);
      }),
      {numRuns: 200, seed: 1}
    );
  });
});

describe("suppress", () => {
  const left = async (rows: string, options: Omit<Parameters<typeof suppress>[2], "k">) => {
    const database = await openDatabase(":memory:");
    try {
      await database.run(`create table counts as from (values ${rows}) as t(month, tier, people, new)`);
      await suppress(database, "counts", {...options, k: 10});
      return (await database.rows<{row: string}>("select month || tier as row from counts order by all")).map(
        ({row}) => row
      );
    } finally {
      database.close();
    }
  };

  it("shows a row only where each of its counts is none or large enough", async () => {
    const rows = "('1', 'a', 50, 3), ('2', 'a', 50, 0), ('3', 'a', 60, 20), ('4', 'a', 70, 30)";
    expect(await left(rows, {people: ["people", "new"], groups: ["month"]})).toEqual(["4a"]);
    expect(await left(rows, {people: ["people"], groups: ["month"]})).toHaveLength(4);
  });

  it("looks for a second group to hide among those of the same total", async () => {
    const rows =
      "('1', 'a', 4, 0), ('1', 'b', 30, 0), ('1', 'c', 40, 0), ('2', 'a', 5, 0), ('2', 'b', 60, 0), ('2', 'c', 70, 0)";
    expect(await left(rows, {people: ["people"], groups: ["tier"], within: ["month"]})).toEqual(["1c", "2c"]);
  });

  it("hides small rows of a table without groups", async () => {
    const database = await openDatabase(":memory:");
    await database.run("create table counts as from (values (3), (20)) as counts (people)");
    expect(await suppress(database, "counts", {people: ["people"], groups: [], k: 10})).toBe(1);
    expect(await database.value("select sum(people)::integer from counts")).toBe(20);
    database.close();
  });
});
