import {createHash} from "node:crypto";
import {describe, expect, it} from "vitest";
import {finishPage} from "../../../loaders/site/finish.js";

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
