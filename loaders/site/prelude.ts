/** The part of markdown-it that the prelude uses. */
interface MarkdownIt {
  core: {ruler: {push(name: string, rule: (state: State) => void): void}};
}

interface State {
  tokens: Token[];
  Token: new (type: string, tag: string, nesting: number) => Token;
}

interface Token {
  type: string;
  info: string;
  content: string;
  children: Token[] | null;
}

/**
 * Lets a page use `Plot`, `Inputs`, `d3`, `html`, `svg`, `Arrow` and `sql` without an import block: names that its cells
 * mention and do not declare are imported from installed packages, and `sql` from the site's own database module.
 * What cannot work without the network is refused by name.
 */
export function prelude<T extends MarkdownIt>(md: T): T {
  md.core.ruler.push("tenfold_prelude", (state) => {
    for (const token of state.tokens) refuse(token);
    const code = cells(state.tokens);
    const names = code.replace(/(["'])(?:\\.|(?!\1)[^\\\n])*\1/g, '""');
    const imports = globals.filter(({mention, name}) => mention.test(names) && !declares(code, name));
    if (imports.length === 0) return;
    const fence = new state.Token("fence", "code", 0);
    fence.info = "js";
    fence.content = imports.map(({source}) => source).join("\n") + "\n";
    state.tokens.push(fence);
  });
  return md;
}

const globals = [
  {name: "Plot", mention: /\bPlot\b/, source: 'import * as Plot from "npm:@observablehq/plot";'},
  {name: "Inputs", mention: /\bInputs\b/, source: 'import * as Inputs from "@observablehq/inputs";'},
  {name: "d3", mention: /\bd3\b/, source: 'import * as d3 from "d3";'},
  {name: "Arrow", mention: /\bArrow\./, source: 'import * as Arrow from "apache-arrow";'},
  {name: "htl", mention: /\bhtl\b/, source: 'import * as htl from "htl";'},
  {name: "html", mention: /\bhtml\b/, source: 'import {html} from "htl";'},
  {name: "svg", mention: /\bsvg\b/, source: 'import {svg} from "htl";'},
  {name: "sql", mention: /\bsql\b/, source: 'import {sql} from "/components/database.js";'}
];

/** Fences that Framework runs with libraries from the network. */
const refused: Record<string, string> = {
  tex: "write the formula as text or as an SVG file",
  mermaid: "draw it with Plot, or put an SVG file beside the page",
  dot: "draw it with Plot, or put an SVG file beside the page",
  jsx: "write a js fence with html`…`",
  tsx: "write a ts fence with html`…`"
};

const live = new Set(["js", "ts", "sql", "html", "svg"]);

function refuse(token: Token) {
  if (token.type !== "fence") return;
  const tag = fenceTag(token);
  const alternative = refused[tag];
  if (alternative === undefined || runsNot(token)) return;
  token.type = "html_block";
  token.content =
    '<div class="observablehq--inspect observablehq--error">' +
    `a \`\`\`${tag} fence needs a library from the network: ${alternative}</div>\n`;
}

/** The text of every cell of a page; a SQL fence as the JavaScript that Framework makes of it. */
function cells(tokens: Token[]): string {
  return tokens
    .flatMap((token): string[] => {
      if (token.type === "placeholder") return [token.content];
      if (token.children) return [cells(token.children)];
      const tag = fenceTag(token);
      if (token.type !== "fence" || !live.has(tag) || runsNot(token)) return [];
      if (tag === "js" || tag === "ts") return [token.content];
      if (tag === "sql") {
        const shown = !/\bid=/.test(token.info) || /\bdisplay\b(?!=false)/.test(token.info);
        return ["sql", shown ? "Inputs" : "", ...placeholders(token.content)];
      }
      return [tag, ...placeholders(token.content)];
    })
    .join("\n");
}

function fenceTag({info}: Token): string {
  return /^\s*([\w-]*)/.exec(info)![1]!.toLowerCase();
}

function runsNot({info}: Token): boolean {
  return /\brun=false\b/.test(info);
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]!);
}

function declares(code: string, name: string): boolean {
  const imported = new RegExp(`\\bimport\\b[^;"']*\\b${name}\\b[^;"']*\\bfrom\\b`);
  const bound = new RegExp(
    `(?:^|[;\\n])\\s*(?:const|let|var|function\\*?|async function|class)\\s+(?:${name}\\b|[{[][^=]*\\b${name}\\b)`
  );
  return imported.test(code) || bound.test(code);
}
