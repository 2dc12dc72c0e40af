import {createHash} from "node:crypto";
import {describe, expect, it} from "vitest";
import {finishPage} from "../../../loaders/site/finish.js";
import {withPreloads} from "../../../loaders/site/preload.js";

const page = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1">
<script type="module">console.log(1)</script>
<script src="./x.js"></script>
</head>
<body>
<input id="observablehq-sidebar-toggle" type="checkbox" title="Toggle sidebar">
<nav id="observablehq-sidebar">
  <ol>
    <label id="observablehq-sidebar-close" for="observablehq-sidebar-toggle"></label>
  </ol>
</nav>
</body>
</html>`;

describe("finishPage(html)", () => {
  const html = finishPage(page);

  it("gives a language and a viewport that may be enlarged", () => {
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('content="width=device-width, initial-scale=1"');
  });

  it("names landmarks, and gives keyboards a button for the menu", () => {
    expect(html).toContain('<nav id="observablehq-sidebar" aria-label="Pages">');
    expect(html).toMatch(/<button type="button"[^>]*>Toggle menu<\/button>/);
    expect(html).not.toMatch(/<ol>\s*<label/);
  });

  it("forbids other hosts and other scripts than those in the page", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain(`'sha256-${createHash("sha256").update("console.log(1)").digest("base64")}'`);
    expect(policy).not.toMatch(/https?:/);
  });
});

describe("withPreloads(html)", () => {
  const register = (name: string) =>
    `registerFile("./data/${name}", {"name":"./data/${name}","path":"./_file/data/${name}.1a2b","size":5});\n`;
  const files = ["first.arrow", "second.csv", "later.arrow", "large.duckdb"].map(register).join("");
  const head = '<html>\n<head>\n<script type="module">\n';

  it("asks for the data of the first cell that reads any, each file once", () => {
    const cells = `
define({id: "1", body: () => display(1)});
define({id: "2", body: async (FileAttachment) => {
  const large = FileAttachment("./data/large.duckdb");
  const both = await Promise.all([FileAttachment("./data/first.arrow").arrow(), FileAttachment("./data/second.csv").csv()]);
  const again = await FileAttachment("./data/first.arrow").arrow();
}});
define({id: "3", body: async (FileAttachment) => FileAttachment("./data/later.arrow").arrow()});`;
    const asked = [
      ...withPreloads(head + files + cells).matchAll(/<link rel="preload" as="fetch" crossorigin href="([^"]*)">/g)
    ];
    expect(asked.map(([, path]) => path)).toEqual(["./_file/data/first.arrow.1a2b", "./_file/data/second.csv.1a2b"]);
  });

  it("leaves a page without data as it is", () => {
    const page = `${head}\ndefine({id: "1", body: () => display(1)});`;
    expect(withPreloads(page)).toBe(page);
  });
});
