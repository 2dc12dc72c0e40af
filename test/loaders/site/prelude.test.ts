import {describe, expect, it} from "vitest";
import {prelude} from "../../../loaders/site/prelude.js";

class Token {
  info = "";
  content = "";
  children: Token[] | null = null;
  constructor(readonly type: string) {}
}

/** What the prelude adds to a page of these tokens, given as [type, content, info]. */
function imports(...given: [type: string, content: string, info?: string][]): string[] {
  let rule: (state: {tokens: Token[]; Token: typeof Token}) => void;
  prelude({core: {ruler: {push: (_: string, added: never) => void (rule = added)}}});
  const tokens = given.map(([type, content, info = ""]) => Object.assign(new Token(type), {content, info}));
  rule!({tokens, Token});
  return tokens.slice(given.length).flatMap(({content}) => content.trim().split("\n"));
}

describe("prelude(md)", () => {
  it("imports what cells mention, and nothing else", () => {
    expect(imports(["fence", "Plot.plot({})", "js"], ["paragraph_open", "d3 and Inputs"])).toEqual([
      'import * as Plot from "npm:@observablehq/plot";'
    ]);
    expect(imports(["placeholder", "d3.sum(x)"])).toEqual(['import * as d3 from "d3";']);
    expect(imports(["fence", "Plot.plot({})", "js run=false"], ["fence", "Plot", "python"])).toEqual([]);
  });

  it("leaves names alone that the page declares itself", () => {
    expect(imports(["fence", 'import * as Plot from "./plot.js";\nPlot.plot()', "js"])).toEqual([]);
    expect(imports(["fence", "const d3 = 1;\nd3 + 1", "js"])).toEqual([]);
    expect(imports(["fence", 'import {html, svg} from "htl";\nhtml`x`', "ts"])).toEqual([]);
  });

  it("gives a SQL fence its tag, and a table where it is shown", () => {
    expect(imports(["fence", "select 1", "sql"])).toEqual([
      'import * as Inputs from "@observablehq/inputs";',
      'import {sql} from "/components/database.js";'
    ]);
    expect(imports(["fence", "select 1", "sql id=x"])).toEqual(['import {sql} from "/components/database.js";']);
  });

  it("refuses fences that need the network, by name and with the alternative", () => {
    let rule: (state: {tokens: Token[]; Token: typeof Token}) => void;
    prelude({core: {ruler: {push: (_: string, added: never) => void (rule = added)}}});
    const token = Object.assign(new Token("fence"), {info: "mermaid", content: "graph TD"});
    rule!({tokens: [token], Token});
    expect(token).toMatchObject({type: "html_block"});
    expect(token.content).toMatch(
      /observablehq--error.*```mermaid fence needs a library from the network: draw it with Plot/s
    );
  });
});
