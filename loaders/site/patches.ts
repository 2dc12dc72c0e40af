import {readFileSync} from "node:fs";
import type {Plugin} from "esbuild";

interface Patch {
  file: RegExp;
  /** Each text stands in the file; a new version of the package that has changed there fails the bundle. */
  replace: [from: string, to: string][];
}

/** Small changes to the libraries that pages use: names for screen readers, and no code made from text. */
const patches: Patch[] = [
  {
    // Row objects made by `new Function`, which the site's content security policy forbids.
    file: /d3-dsv[\\/]dist[\\/]d3-dsv\.mjs$/,
    replace: [
      [
        `return new Function("d", "return {" + columns.map(function(name, i) {
    return JSON.stringify(name) + ": d[" + i + "] || \\"\\"";
  }).join(",") + "}");`,
        `return (d) => Object.fromEntries(columns.map((name, i) => [name, d[i] || ""]));`
      ]
    ]
  },
  {
    // A label on a group without a role is no label.
    file: /plot[\\/]src[\\/]style\.js$/,
    replace: [
      [
        `applyAttr(selection, "aria-label", mark.ariaLabel);`,
        `applyAttr(selection, "aria-label", mark.ariaLabel); applyAttr(selection, "role", mark.ariaLabel == null ? null : "group");`
      ]
    ]
  },
  {
    // A slider beside its number, and a table's boxes, have no label of their own.
    file: /inputs[\\/]dist[\\/]index\.js$/,
    replace: [
      [
        `name=range oninput=\${onrange}`,
        `name=range aria-label=\${label?.textContent ?? (label || "Value")} oninput=\${onrange}`
      ],
      [
        `<tr><th>\${selectable ? html\`<input type=checkbox`,
        `<tr><th role=\${selectable ? null : "presentation"}>\${selectable ? html\`<input type=checkbox aria-label="Select all rows"`
      ],
      [
        `<input type=\${multiple ? "checkbox" : "radio"}`,
        `<input aria-label="Select row" type=\${multiple ? "checkbox" : "radio"}`
      ]
    ]
  }
];

/** Applies the patches while esbuild reads the files. */
export const patched: Plugin = {
  name: "patched",
  setup({onLoad}) {
    for (const {file, replace} of patches) {
      onLoad({filter: file}, ({path}) => {
        let contents = readFileSync(path, "utf8");
        for (const [from, to] of replace) {
          if (!contents.includes(from)) throw new Error(`cannot patch ${path}: it does not say ${from}`);
          contents = contents.replace(from, () => to);
        }
        return {contents};
      });
    }
  }
};
