import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {formatPath, type Finding} from "../../lib/rules/finding.js";
import {keyOf} from "./builder.js";
import {focusOn} from "./focus.js";

/** What is wrong with the rule, each with a button that goes to the place. */
export function Problems(canvas: HTMLElement): {element: HTMLElement; show(findings: Finding[]): void} {
  const element = html`<ul class="problems" aria-label="What is wrong with the rule"></ul>`;
  let shown = "";
  return {
    element,
    show(findings) {
      const text = JSON.stringify(findings);
      if (text === shown) return;
      shown = text;
      element.replaceChildren(
        ...findings.map(({severity, path, message}) => {
          const key = keyOf(placeIn(path));
          const go = () => focusOn(canvas, `${key}:first`);
          return html`<li>
            <span class=${severity === "error" ? "bad" : "warn"}>${severity === "error" ? "✕" : "!"} ${message}</span>
            <button type="button" class="quiet" onclick=${go}>${formatPath(path)}</button>
          </li>`;
        })
      );
    }
  };
}

/** The place of the node that a path leads to, or into. */
function placeIn(path: Finding["path"]): Place {
  const place: Place = [];
  for (let i = 0; i + 1 < path.length && ["all", "any", "none"].includes(String(path[i])); i += 2) {
    place.push(path[i + 1] as number);
  }
  return place;
}
