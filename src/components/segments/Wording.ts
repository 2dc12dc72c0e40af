import {html} from "htl";
import {totalQuery, type CountOptions} from "../../lib/rules/count.js";
import {describeRule} from "../../lib/rules/describe.js";
import {inlineParameters} from "../../lib/rules/inline.js";
import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml} from "../../lib/rules/yaml.js";
import {download} from "../download.js";
import {fileName} from "../fileName.js";

/** The rule in words, in SQL, as YAML to be saved, and as a link. */
export function Wording(currency: string): {
  element: HTMLElement;
  show(rule: Rule, options: CountOptions, search: string | undefined): void;
} {
  const sentence = html`<p class="sentence" aria-live="off"></p>`;
  const sql = html`<pre tabindex="0"></pre>`;
  const yaml = html`<pre tabindex="0"></pre>`;
  const name = html`<input
    type="text"
    maxlength="100"
    aria-label="Name of the audience"
    placeholder="Name of the audience"
    oninput=${write}
  />` as HTMLInputElement;
  const link = html`<button type="button" class="plain">Copy link</button>` as HTMLButtonElement;
  const note = html`<span class="muted" role="status"></span>`;
  let rule: Rule = {all: []};
  let address: string | undefined = "";

  function write() {
    yaml.textContent = audienceYaml({name: name.value.trim() || "A new audience", rule});
  }

  function save() {
    const file = fileName(name.value) || "audience";
    download(`${file}.yaml`, new Blob([yaml.textContent ?? ""], {type: "text/yaml"}));
    say(`Put ${file}.yaml into data/audiences/ and refresh: it is counted from then on.`);
  }

  async function copy(text: string, what: string) {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} copied.`);
    } catch {
      say(`This browser does not allow copying: select the text instead.`);
    }
  }

  function say(text: string) {
    note.textContent = text;
  }

  link.addEventListener("click", () => {
    if (address === undefined) say("The rule is too long for a link (4 KB): save it as YAML.");
    else void copy(`${location.origin}${location.pathname}${address}`, "Link");
  });
  return {
    element: html`<section class="wording" aria-label="The rule in words">
      ${sentence}
      <div class="wording-actions">
        ${link}
        <button type="button" class="plain" onclick=${() => copy(sql.textContent ?? "", "SQL")}>Copy SQL</button>
        ${name}<button type="button" class="plain" onclick=${save}>Save as YAML</button>
        ${note}
      </div>
      <details>
        <summary>SQL</summary>
        ${sql}
      </details>
      <details>
        <summary>YAML</summary>
        ${yaml}
      </details>
    </section>`,
    show(next, options, search) {
      rule = next;
      address = search;
      sentence.textContent = describeRule(rule, {fields: options.fields, currency});
      sql.textContent = `${inlineParameters(totalQuery(rule, options))};`;
      write();
    }
  };
}
