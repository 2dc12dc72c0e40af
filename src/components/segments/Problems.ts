import {html} from "htl";
import {formatPath, type Finding} from "../../lib/rules/check.js";
import {keyOf} from "./builder.js";

/** What is wrong with the rule, each with a button that goes to the place. */
export function Problems(canvas: HTMLElement): {element: HTMLElement; show(findings: Finding[]): void} {
  const element = html`<ul class="problems" aria-label="What is wrong with the rule"></ul>`;
  let shown = "";
  return {
    element,
    show(findings) {
      const errors = findings.filter(({severity}) => severity === "error");
      const text = JSON.stringify(errors);
      if (text === shown) return;
      shown = text;
      element.replaceChildren(
        ...errors.map(({path, message}) => {
          const key = keyOf(path.filter((step) => typeof step === "number"));
          const go = () => canvas.querySelector<HTMLElement>(`[data-focus="${key}:first"]`)?.focus();
          return html`<li>
            <span class="bad">✕ ${message}</span>
            <button type="button" class="quiet" onclick=${go}>${formatPath(path)}</button>
          </li>`;
        })
      );
    }
  };
}
