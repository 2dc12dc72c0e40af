import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {usedNames} from "../../../loaders/site/usedNames.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenfold-names-"));
  writeFileSync(
    join(root, "a.ts"),
    'import * as Plot from "@observablehq/plot";\n// all of Plot\nPlot.plot({marks: [Plot.dot()]}); type O = Plot.PlotOptions;\n'
  );
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

describe("usedNames(name, root)", () => {
  it("lists what files use of a package, types left out", () => {
    writeFileSync(join(root, "b.ts"), "import * as P from '@observablehq/plot'\nP.text([])");
    expect(usedNames("@observablehq/plot", root)).toEqual(["dot", "plot", "text"]);
    writeFileSync(
      join(root, "c.ts"),
      'import type {ScaleOptions} from "@observablehq/plot";\nlet scale: ScaleOptions;'
    );
    expect(usedNames("@observablehq/plot", root)).toEqual(["dot", "plot", "text"]);
  });

  it("tells nothing where a file takes the package whole or by other means", () => {
    writeFileSync(join(root, "b.md"), '```js\nimport * as Plot from "@observablehq/plot";\nObject.keys(Plot)\n```');
    expect(usedNames("@observablehq/plot", root)).toBeUndefined();
    writeFileSync(join(root, "b.md"), '```js\nimport {dot} from "@observablehq/plot";\n```');
    expect(usedNames("@observablehq/plot", root)).toBeUndefined();
  });
});
