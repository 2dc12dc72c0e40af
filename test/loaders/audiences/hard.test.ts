import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {refresh, type RefreshReport} from "../../../loaders/refresh.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {tenfoldHere} from "../commands/inProcess.js";
import {openShop, type Shop} from "../commands/shop.js";

// Values as people type them, and as those do who would have them run.
const odd = [`=HYPERLINK("http://x.example","y")`, `<img src=x onerror=alert(1)>`, `'; drop table core.profiles; --`, `O'Neil "x"`]; // prettier-ignore
const yaml = JSON.stringify;
const csv = (text: string) => `"${text.replaceAll('"', '""')}"`;

let shop: Shop;
let report: RefreshReport;
let seconds: number;
let megabytes: number;

beforeAll(async () => {
  shop = openShop({
    "landing/members/members.csv": `email,tier,code\n${odd.map((text, i) => `p${i}@x.org,${csv(text)},C${i}\n`).join("")}`,
    "lists/million.txt": Array.from({length: 1_000_000}, (_, i) => `C${i + 2}\n`).join(""),
    "audiences/million.yaml": "name: Million\nrule: {attribute: code, in_file: lists/million.txt}\n",
    "audiences/not-million.yaml": "name: Not million\nrule: {attribute: code, not_in_file: lists/million.txt}\n",
    ...Object.fromEntries(
      odd.map((text, i) => [`audiences/odd-${i}.yaml`, `name: ${yaml(text)}\nrule: {attribute: tier, is: ${yaml(text)}}\n`]) // prettier-ignore
    ),
    "audiences/odd-list.yaml": `name: Odd list\nrule: {attribute: tier, in: ${yaml(odd)}}\nsplit: {arms: {${odd.map((text, i) => `a${i}: {label: ${yaml(text)}, where: {attribute: tier, is: ${yaml(text)}}}`).join(", ")}}}\n`, // prettier-ignore
    "audiences/long.yaml": `name: Long\nrule:\n  any:\n${Array.from({length: 10_000}, (_, i) => `    - {attribute: code, is: "C${i + 1}"}\n`).join("")}`,
    // Two sources of one property, with numbers and words in it.
    "sources/views.yaml": viewsSource("views", "string"),
    "sources/taps.yaml": viewsSource("taps", "string"),
    "landing/views/views.csv": "id,customer,day,size\n1,p0@x.org,2024-01-01,10\n2,p1@x.org,2024-01-01,7\n",
    "landing/taps/taps.csv": "id,customer,day,size\n1,p2@x.org,2024-01-01,10\n2,p3@x.org,2024-01-01,large\n",
    "audiences/sized.yaml": 'name: Sized\nrule: {event: web.view, where: {field: properties.size, is: "10"}}\n'
  });
  const [start, before] = [performance.now(), process.memoryUsage().rss];
  report = await refresh(readWorkspace({data: shop.root}));
  seconds = (performance.now() - start) / 1000;
  megabytes = (process.memoryUsage().rss - before) / 1e6;
});
afterAll(() => shop.close());

const sizes = (where: string) =>
  shop.look(async (database) => {
    const rows = await database.rows<{id: string; n: number}>(
      `select audience_id as id, profiles as n from derived.audience_counts where ${where} order by 1`
    );
    return Object.fromEntries(rows.map(({id, n}) => [id, n]));
  });

describe("hard input, from the files to the members", () => {
  it("a list of a million values and a rule of ten thousand conditions are met exactly, and soon", async () => {
    expect([report.ok, report.failedAudiences]).toEqual([true, []]);
    expect(await sizes("audience_id in ('million', 'not-million', 'long')")).toEqual({
      long: 3,
      million: 2,
      // Who has no code is not in the list; the customers of the orders have none.
      "not-million": 5
    });
    console.info(`a million values and ten thousand conditions: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`);
    expect(megabytes).toBeLessThan(2000);
  });

  it("names and values with quotes, markup, SQL and formulas are taken for what they are", async () => {
    expect(await sizes("audience_id like 'odd%'")).toEqual({"odd-0": 1, "odd-1": 1, "odd-2": 1, "odd-3": 1, "odd-list": 4}); // prettier-ignore
    const names = await shop.look(
      (database) =>
      database.rows<{name: string}>("select name from derived.audience_counts where audience_id ~ 'odd-[0-9]' order by audience_id") // prettier-ignore
    );
    expect(names.map(({name}) => name)).toEqual(odd);
    const arms = await shop.look((database) => database.rows("select arm, profiles from derived.audience_arms where audience_id = 'odd-list' order by 1")); // prettier-ignore
    expect(arms).toEqual(odd.map((_, i) => ({arm: `a${i}`, profiles: 1})));
    const {code, stdout} = await tenfoldHere("audience", "explain", "odd-2", "p2@x.org", "--data", shop.root);
    expect([code, stdout]).toEqual([0, expect.stringContaining("✓ Customers whose tier is “'; drop table core.profiles; --”. ('; drop")]); // prettier-ignore
    expect(await shop.look((database) => database.value("select count(*) from core.profiles"))).toBe(7);
  });

  it("a property of mixed values is compared as text, and one of mixed types is refused with file and line", async () => {
    expect(await sizes("audience_id = 'sized'")).toEqual({sized: 2});
    const good = shop.read("sources/views.yaml");
    shop.write("sources/views.yaml", viewsSource("views", "integer"));
    const {code, stderr} = await tenfoldHere("refresh", "--data", shop.root);
    shop.write("sources/views.yaml", good);
    expect([code, stderr]).toEqual([
      2,
      "sources/views.yaml:6: events.0.properties.size: expected type string as in sources/taps.yaml, not integer\n"
    ]);
  });

  it("an as-of before the first event finds nobody, records nothing later, and fails nothing", async () => {
    const early = await refresh(readWorkspace({data: shop.root}), {asOf: "2020-01-01"});
    expect([early.ok, early.failedAudiences]).toEqual([true, []]);
    expect(Object.values(await sizes("true")).every((n) => n === 0)).toBe(true);
    expect((await refresh(readWorkspace({data: shop.root}))).ok).toBe(true);
    expect(await sizes("audience_id = 'long'")).toEqual({long: 3});
  });

  it("two audiences in a cycle are refused by name, with file and line, and one that names a deleted one fails alone", async () => {
    shop.write("audiences/a.yaml", "name: A\nrule:\n  any:\n    - {audience: b}\n");
    shop.write("audiences/b.yaml", "name: B\nrule: {audience: a, membership: ever}\n");
    const circle = await tenfoldHere("refresh", "--data", shop.root);
    expect([circle.code, circle.stderr]).toEqual([2, expect.stringContaining("audiences/a.yaml:4: audiences go round in a circle: a → b → a")]); // prettier-ignore
    shop.write("audiences/b.yaml", "name: B\nrule: {attribute: code, is: C1}\n");
    expect((await tenfoldHere("refresh", "--data", shop.root)).code).toBe(0);
    shop.remove("audiences/b.yaml");
    const gone = await tenfoldHere("refresh", "--data", shop.root);
    expect([gone.code, gone.stdout]).toEqual([3, expect.stringContaining('audience a failed: audiences/a.yaml:4: rule.any.0: audience "b" was deleted')]); // prettier-ignore
    expect(await sizes("audience_id in ('a', 'odd-1')")).toEqual({a: 1, "odd-1": 1});
  });

  it("a mistake within channels has its true line", async () => {
    const good = shop.read("workspace.yaml");
    shop.write(
      "workspace.yaml",
      `${good}channels:\n  email:\n    address: {identity: emial}\n    consent:\n      all:\n        - {attribute: tier, is: gold}\n        - {attribute: teir, is: gold}\n    stopped:\n      - email.unsubscribed\n`
    );
    const {code, stderr} = await tenfoldHere("refresh", "--data", shop.root);
    shop.write("workspace.yaml", good);
    expect(code).toBe(2);
    expect(
      stderr
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("workspace.yaml"))
    ).toEqual([
      'workspace.yaml:8: channels.email.address.identity: unknown namespace "emial": did you mean "email"?',
      'workspace.yaml:14: channels.email.stopped.0: no source yields event type "email.unsubscribed": expected one of commerce.purchase, profile.updated, web.view', // prettier-ignore
      'workspace.yaml:12: channels.email.consent: rule.all[2]: unknown attribute "teir": did you mean "tier"?'
    ]);
  });
});

function viewsSource(name: string, type: string): string {
  return `files: [${name}/*]
columns: {id: {required: true}, customer: {required: true}, day: {type: date, required: true}, size: {type: ${type}}}
id: {rule: column, column: id}
identities: [{namespace: email, from: customer, primary: true}]
time: day
events: [{type: web.view, properties: {size: size}}]
`;
}
