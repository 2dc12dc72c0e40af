import {readFileSync, writeFileSync, mkdirSync, rmSync} from "node:fs";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {afterAll, afterEach, beforeAll, describe, expect, it} from "vitest";
import {openDatabase} from "../../loaders/engine/database.js";
import {filesIn} from "../../loaders/site/tree.js";
import {projectRoot} from "../../loaders/workspace.js";
import {violations} from "./accessibility.js";
import {openBrowser} from "./chromium.js";
import {isolation, tenfoldOffline} from "./offline.js";
import {openPage, type OpenedPage} from "./page.js";
import {buildSample, type BuiltSample} from "./sample.js";
import {serveFolder, type StaticServer} from "./server.js";

const notebooks = join(projectRoot, "src/notebooks/zz-test");
let site: BuiltSample;
let server: StaticServer;
let browser: Browser;

beforeAll(async () => {
  writeNotebook();
  console.log(`building the sample's site, the network blocked by ${isolation()}`);
  site = await buildSample();
  server = await serveFolder(site.out);
  browser = await openBrowser();
});

afterAll(async () => {
  rmSync(notebooks, {recursive: true, force: true});
  await browser?.close();
  await server?.close();
  site?.remove();
});

describe("every page of the sample's site", () => {
  for (const width of [1280, 390]) {
    it(`opens at ${width} px without an error, a foreign request, a violation or a sideways scroll`, async () => {
      const found: Record<string, unknown> = {};
      for (const path of pages()) {
        const opened = await openPage(browser, server.url + path, {width});
        const problems = await problemsOf(opened, width);
        if (problems.length > 0) found[path] = problems;
        await opened.close();
      }
      expect(found).toEqual({});
    });
  }

  it("holds no identity and no personal value in any byte", async () => {
    const database = await openDatabase(join(site.data, "warehouse/tenfold.duckdb"), {access_mode: "read_only"});
    const rows = await database.rows<{value: string}>(`
      select distinct value from (
        select value from core.identities
        union all select unnest([properties.email, properties.name, properties.address]) from core.events
      ) where length(value) >= 6 and not regexp_full_match(value, '[0-9]+')`);
    database.close();
    expect(rows.length).toBeGreaterThan(300);
    const values = rows.map(({value}) => value.toLowerCase());
    const found: string[] = [];
    for (const file of filesIn(site.out)) {
      if (file.startsWith("_node/") || file.startsWith("_npm/") || file.includes("/duckdb-eh")) continue;
      const text = readFileSync(join(site.out, file), "latin1").toLowerCase();
      for (const value of values)
        if (text.includes(Buffer.from(value).toString("latin1"))) found.push(`${file}: ${value}`);
    }
    expect(found).toEqual([]);
  });

  it("takes the database only when somebody asks", async () => {
    server.sent.length = 0;
    const opened = await openPage(browser, `${server.url}/deciles.html`);
    await opened.close();
    expect(server.sent.filter(({path}) => /duckdb/.test(path))).toEqual([]);
    // The page's first chart is drawn from deciles.arrow; what its later figures read comes after it.
    const first = server.sent.filter(({path}) => !/deciles_(lorenz|migration)/.test(path));
    expect(first.reduce((sum, {bytes}) => sum + bytes, 0)).toBeLessThan(250_000);
  });
});

describe("a notebook written by Framework's own documentation", () => {
  it("runs Plot, Inputs, d3, html, attachments and SQL with a reactive parameter", async () => {
    const opened = await openPage(browser, `${server.url}/notebooks/zz-test/notebook.html`);
    const {page} = opened;
    await page.waitForSelector("#answer[data-n='3']");
    expect(await page.textContent("#answer")).toBe("3 of a, b; total 3; json 1; tsv 2; text ok; arrow 1");
    await page.fill("input[type=number]", "5");
    await page.waitForSelector("#answer[data-n='5']");
    expect(await page.textContent("#hostile")).toBe("'; drop table x; --");
    expect(await page.locator("svg rect").count()).toBeGreaterThan(1);
    expect(opened.errors).toEqual([]);
    expect(opened.foreign).toEqual([]);
    await opened.close();
  });
});

describe("a notebook that cannot work without the network", () => {
  afterEach(() => rmSync(join(notebooks, "bad.md")));

  it("fails the build by name, with the alternative, and leaves the site as it was", async () => {
    const before = readFileSync(join(site.out, "index.html"), "utf8");
    writeFileSync(
      join(notebooks, "bad.md"),
      "# Bad\n\n```mermaid\ngraph TD\n```\n\n```js\nconst a = ;\n```\n\n[x](./nowhere) <img src='https://pixel.example.org/1.gif' alt=''>\n"
    );
    const {code, stderr} = await tenfoldOffline("build", "--data", site.data, "--out", site.out);
    expect(code).toBe(1);
    for (const cause of [
      "```mermaid fence needs a library",
      "SyntaxError",
      "broken link: ./nowhere",
      "pixel.example.org"
    ]) {
      expect(stderr).toMatch(new RegExp(`/notebooks/zz-test/bad: .*${cause}`));
    }
    expect(readFileSync(join(site.out, "index.html"), "utf8")).toBe(before);
  });

  it("fails the build by the name of a library that it does not import", async () => {
    writeFileSync(join(notebooks, "bad.md"), "# Bad\n\n```js\n_.sum([1, 2])\n```\n");
    const {stderr} = await tenfoldOffline("build", "--data", site.data, "--out", site.out);
    expect(stderr).toMatch(/bad: needs the network: `_` \(lodash\): use JavaScript's own array methods/);
  });
});

function pages(): string[] {
  return filesIn(site.out)
    .filter((name) => name.endsWith(".html"))
    .map((name) => `/${name}`);
}

async function problemsOf({page, errors, foreign}: OpenedPage, width: number): Promise<string[]> {
  const cells = await page.locator(".observablehq--error").allTextContents();
  const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
  return [
    ...errors,
    ...foreign.map((url) => `foreign: ${url}`),
    ...cells.map((text) => `cell: ${text}`),
    ...(scroll > width ? [`${scroll} px wide`] : []),
    ...(await violations(page))
  ];
}

function writeNotebook() {
  mkdirSync(notebooks, {recursive: true});
  writeFileSync(join(notebooks, "table.csv"), "x,y\na,1\nb,2\n");
  writeFileSync(join(notebooks, "table.tsv"), "x\ty\na\t2\n");
  writeFileSync(join(notebooks, "one.json"), '{"a": 1}');
  writeFileSync(join(notebooks, "note.txt"), "ok");
  writeFileSync(
    join(notebooks, "notebook.md"),
    `# A notebook

\`\`\`js
const table = FileAttachment("table.csv").csv({typed: true});
const tabbed = FileAttachment("table.tsv").tsv({typed: true});
const one = FileAttachment("one.json").json();
const note = FileAttachment("note.txt").text();
const meta = FileAttachment("/data/meta.arrow").arrow();
const n = view(Inputs.range([1, 10], {label: "N", step: 1, value: 3}));
const hostile = "'; drop table x; --";
\`\`\`

\${Plot.plot({marks: [Plot.barY(table, {x: "x", y: "y"})]})}

\`\`\`sql id=rows display
select \${n}::integer as n, \${hostile} as hostile, count(*)::integer as tables from duckdb_tables()
\`\`\`

\`\`\`sql
select 1 as one
\`\`\`

\`\`\`js
display(html\`<p id="answer" data-n=\${rows.get(0).n}>\${rows.get(0).n} of \${table.map((d) => d.x).join(", ")}; total \${d3.sum(table, (d) => d.y)}; json \${one.a}; tsv \${tabbed[0].y}; text \${note}; arrow \${meta.numRows}</p>\`);
display(html\`<p id="hostile">\${rows.get(0).hostile}</p>\`);
\`\`\`
`
  );
}
