import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {openDatabase} from "../../../loaders/engine/database.js";
import {readManifest} from "../../../loaders/publish/manifest.js";
import {openShop, people, tiers, type Model, type Shop} from "./fixture.js";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

/** Reads a published database as a browser would. */
async function published<T>(sql: string): Promise<T[]> {
  const database = await openDatabase(join(shop.folder(), "workspace.duckdb"), {access_mode: "read_only"});
  try {
    return await database.rows<T>(sql);
  } finally {
    database.close();
  }
}

describe("publish(database, workspace, nodes, options)", () => {
  it("writes a model that is marked, under its name and as an Arrow file, with surrogate ids", async () => {
    const report = await shop.publish(people);
    expect(report.failures).toEqual([]);
    expect(await published("from derived.people order by value limit 1")).toEqual([
      {profile_id: "0000000000034", tier: "gold", value: 0}
    ]);
    expect(shop.rows("derived.people.arrow")[1]).toEqual({profile_id: "0000000000035", tier: "gold", value: 10});
  });

  it("publishes no column and no table that is not marked", async () => {
    await shop.publish(
      {...people, columns: {value: {publish: "none"}, tier: {publish: "aggregate"}}},
      {...tiers, publish: "none"}
    );
    const columns = await published<{name: string}>(
      "select column_name as name from duckdb_columns() where not internal"
    );
    expect(columns).toEqual([{name: "profile_id"}]);
    expect(existsSync(join(shop.folder(), "derived.tiers.arrow"))).toBe(false);
  });

  it("gives the same bytes in every Arrow file for the same input, and says when runs were in one file alone", async () => {
    await shop.publish(people, tiers);
    const other = await openShop();
    await other.publish(people, tiers);
    for (const name of readdirSync(shop.folder()).filter((each) => each.endsWith(".arrow") && each !== "runs.arrow")) {
      expect(readFileSync(join(other.folder(), name)).equals(readFileSync(join(shop.folder(), name))), name).toBe(true);
    }
    other.close();
  });

  it("does nothing where nothing has changed, and rewrites only what has", async () => {
    const first = await shop.publish(people, tiers);
    const before = shop.folder();
    const again = await shop.publish(people, tiers);
    expect(again).toMatchObject({build: first.build, changed: false});
    const inode = (folder: string, name: string) => statSync(join(folder, name)).ino;
    await shop.publish(people, {...tiers, sql: tiers.sql.replace("sum(value)", "2 * sum(value)")});
    const after = shop.folder();
    expect(after).not.toBe(before);
    expect(inode(after, "derived.people.arrow")).toBe(inode(before, "derived.people.arrow"));
    expect(inode(after, "derived.tiers.arrow")).not.toBe(inode(before, "derived.tiers.arrow"));
  });

  it("keeps the present build and the one before it", async () => {
    for (const factor of [1, 2, 3, 4]) {
      await shop.publish({...tiers, sql: tiers.sql.replace("sum(value)", `${factor} * sum(value)`)});
    }
    const folders = readdirSync(join(shop.workspace.warehouse, "published"), {withFileTypes: true});
    expect(folders.filter((entry) => entry.isDirectory())).toHaveLength(2);
  });

  it("compares databases by their rows: the same rows are the same file, made from another query", async () => {
    await shop.publish(people);
    const before = readFileSync(join(shop.folder(), "workspace.duckdb"));
    await shop.publish({...people, sql: `${people.sql} where true`});
    expect(readFileSync(join(shop.folder(), "workspace.duckdb")).equals(before)).toBe(true);
  });

  it("publishes a sample of whole persons beyond max_bytes, and says of how many", async () => {
    shop.close();
    shop = await openShop("publish: {max_bytes: 1 MB}");
    const many = {
      ...people,
      sql: `select (i // 2)::ubigint as profile_id, md5(i::varchar) as text from range(400000) t(i)`
    };
    const report = await shop.publish({...many, key: []});
    const file = report.files.find(({name}) => name === "derived.people.arrow")!;
    expect(file.sampled).toBe(true);
    expect(file.bytes).toBeLessThanOrEqual(1e6);
    const info = shop.rows("files.arrow").find(({name}) => name === "derived.people.arrow")!;
    expect(info).toMatchObject({is_sample: true, of: 400_000, rows: file.rows});
    const counts = new Map<unknown, number>();
    for (const {profile_id} of shop.rows("derived.people.arrow"))
      counts.set(profile_id, (counts.get(profile_id) ?? 0) + 1);
    expect([...counts.values()].every((count) => count === 2)).toBe(true);
    expect(statSync(join(shop.folder(), "workspace.duckdb")).size).toBeLessThanOrEqual(1e6);
  });
});

describe("max_bytes", () => {
  it("tries what share of many rows fits once, until there are more of them or definitions change", async () => {
    const {database} = shop;
    const trialOf = async (rows: number, model: Model) => {
      await database.run(
        `insert into runs.versions (name, version, rows) values ('derived.people', '', ${rows})
         on conflict (name) do update set rows = excluded.rows`
      );
      await shop.publish(model);
      return readManifest(shop.folder()).get("workspace.duckdb")!.trial;
    };
    const from = (first: number) => ({...people, sql: `${people.sql} where profile_id >= ${first}`});
    const tried = await trialOf(4e6, people);
    expect(tried).toMatchObject({share: 0.05, rows: 4e6});
    expect(await trialOf(4.1e6, from(101))).toEqual(tried);
    expect(await trialOf(4.5e6, from(102))).toMatchObject({rows: 4.5e6});
    expect(await trialOf(4.6e6, {...from(103), description: "Others"})).toMatchObject({rows: 4.6e6});
  });

  it("leaves tables of counts whole, and warns where that takes a file beyond it", async () => {
    shop.close();
    shop = await openShop("publish: {max_bytes: 1 MB}");
    const counts: Model = {
      ...tiers,
      sql: "select md5(i::varchar) as tier, 20 as people, i as value from range(60000) t(i)"
    };
    const report = await shop.publish(counts, {
      ...people,
      sql: `select i::ubigint as profile_id, md5(i::varchar) as tier, 1 as value from range(100000) t(i)`
    });
    const file = report.files.find(({name}) => name === "derived.tiers.arrow")!;
    expect(file).toMatchObject({rows: 60_000, sampled: false});
    expect(await published("select count(*)::integer as rows from derived.tiers")).toEqual([{rows: 60_000}]);
    expect(report.files.find(({name}) => name === "derived.people.arrow")).toMatchObject({sampled: true});
    expect(shop.warnings).toEqual([
      expect.stringMatching(/^derived.tiers.arrow is \d\.\d MB, beyond publish.max_bytes \(1 MB\)/),
      expect.stringMatching(/^workspace.duckdb is \d\.\d MB, beyond publish.max_bytes/)
    ]);
  });
});

describe("what may not leave", () => {
  const refused: [string, Model, RegExp][] = [
    [
      "an identity under another name",
      {...people, sql: "select profile_id, md5(value) as token from core.identities"},
      /models\/derived.people.sql: column "token" may not be published: it derives from core.identities.value \(an identity\)/
    ],
    [
      "a personal property",
      {...people, sql: "select profile_id, left(properties.name, 1) as initial from core.events"},
      /column "initial" .* core.events.properties.name \(personal\)/
    ],
    [
      "a property made from a personal column, whatever its own mark",
      {...people, sql: "select profile_id, length(properties.contact) as length from core.events"},
      /column "length" .* core.events.properties.contact \(personal\)/
    ],
    [
      "properties as a whole",
      {...people, sql: "select profile_id, properties::varchar as all_of_it from core.events"},
      /column "all_of_it" .*\(properties as a whole\)/
    ],
    [
      "the number that the warehouse gave somebody",
      {...people, sql: "select profile_id, profile_number + 1 as place from core.events"},
      /column "place" .* core.events.profile_number \(an internal number\)/
    ],
    [
      "what cannot be followed",
      {
        ...people,
        sql: "select profile_id, name as token from (select profile_id, unnest(properties) from core.events)"
      },
      /cannot be told what it derives from/
    ],
    [
      "a text that holds an identity, whatever its lineage",
      {
        ...people,
        isTypescript: true,
        sql: "select profile_id, 'mailto:<' || upper(value) || '>, twice' as link from core.identities"
      },
      /column "link" holds 40 texts that are identities or personal values/
    ],
    [
      "a personal value of several words inside a text",
      {
        ...people,
        isTypescript: true,
        sql: "select profile_id, 'Dear ' || properties.name || ', hello' as letter from core.events"
      },
      /column "letter" holds 40 texts/
    ]
  ];
  for (const [what, model, message] of refused) {
    it(`refuses ${what}, and publishes the rest`, async () => {
      const report = await shop.publish(model, tiers);
      expect(report.failures.map((failure) => failure.message).join("\n")).toMatch(message);
      expect(shop.rows("derived.tiers.arrow")).toHaveLength(3);
      expect(existsSync(join(shop.folder(), "derived.people.arrow"))).toBe(false);
      expect(await published("select table_name from duckdb_tables()")).toEqual([{table_name: "tiers"}]);
    });
  }

  it("follows personal columns through models that are not published", async () => {
    const inner: Model = {
      ...people,
      name: "derived.inner",
      publish: "none",
      sql: "select profile_id, properties.name as who from core.events"
    };
    const outer: Model = {
      ...people,
      name: "derived.outer",
      sql: "select profile_id, reverse(who) as who from derived.inner"
    };
    const report = await shop.publish(inner, outer);
    expect(report.failures[0]!.message).toMatch(
      /derives from derived.inner.who \(it derives from core.events.properties.name/
    );
  });

  it("lets counts of persons by a personal condition pass", async () => {
    const sql =
      "select properties.tier as tier, count(distinct properties.name) as people from core.events group by all";
    expect((await shop.publish({...tiers, sql})).failures).toEqual([]);
  });

  it("keeps the last good file of what is refused", async () => {
    await shop.publish(people);
    const bad = {...people, sql: "select profile_id, properties.name as tier, value from core.events"};
    const report = await shop.publish(bad);
    expect(report.failures).not.toEqual([]);
    expect(shop.rows("derived.people.arrow")[0]).toMatchObject({tier: "gold"});
    expect(await published("select distinct tier from derived.people order by 1")).toHaveLength(3);
  });
});

describe("publish: {mode: aggregate}", () => {
  beforeEach(async () => {
    shop.close();
    shop = await openShop("publish: {mode: aggregate, k: 10}");
  });

  it("publishes no row of a person, and hides small groups so that no total gives them away", async () => {
    const report = await shop.publish(people, tiers);
    expect(report.failures).toEqual([]);
    // Four are gold: with one tier hidden the total would tell, so the next smallest is hidden, too.
    expect(shop.rows("derived.tiers.arrow").map(({tier}) => tier)).toEqual(["basic"]);
    expect(shop.rows("derived.people.arrow")).toEqual([]);
    expect(await published("select table_name from duckdb_tables()")).toEqual([{table_name: "tiers"}]);
    expect(await published("select tier from derived.tiers")).toEqual([{tier: "basic"}]);
  });
});
