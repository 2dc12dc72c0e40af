import {html} from "htl";
import type {CountOptions} from "../../lib/rules/count.js";
import {describeRule} from "../../lib/rules/describe.js";
import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml} from "../../lib/rules/yaml.js";
import type {AudienceHead} from "./audienceFile.js";
import {totalSql} from "./planned.js";

export interface Wording {
  element: HTMLElement;
  /** A rule that is not sound has neither a meaning in words nor SQL. */
  show(rule: Rule, options: CountOptions, search: string | undefined, isSound: boolean): void;
  /** What an audience file would say besides the rule. */
  setHead(head: AudienceHead): void;
}

/** The rule in words, and side by side as SQL and as YAML; each can be copied, and a link reproduces the page. */
export function Wording(currency: string): Wording {
  const sentence = html`<p class="sentence" aria-live="off"></p>`;
  const sql = html`<pre tabindex="0" aria-label="SQL"></pre>`;
  const yaml = html`<pre tabindex="0" aria-label="YAML"></pre>`;
  const note = html`<span class="muted" role="status"></span>`;
  let rule: Rule = {all: []};
  let head: AudienceHead = {name: "A new audience"};
  let address: string | undefined = "";

  const write = () => (yaml.textContent = audienceYaml({...head, rule}));

  async function copy(text: string, what: string) {
    try {
      await navigator.clipboard.writeText(text);
      note.textContent = `${what} copied.`;
    } catch {
      note.textContent = "This browser does not allow copying: select the text instead.";
    }
  }

  function copyLink() {
    if (address !== undefined) return void copy(`${location.origin}${location.pathname}${address}`, "Link");
    note.textContent = "The rule is too long for a link (4 KB): save it as YAML.";
  }

  const button = (text: string, label: string, act: () => void) =>
    html`<button type="button" class="quiet" aria-label=${label} onclick=${act}>${text}</button>`;
  return {
    element: html`<section class="wording" aria-label="The rule in words, SQL and YAML">
      <div class="wording-head">
        <h2>What it says</h2>
        ${button("Copy link", "Copy link to this rule", copyLink)}${note}
      </div>
      ${sentence}
      <div class="wording-texts">
        <div>
          <h3>SQL ${button("Copy", "Copy the SQL", () => void copy(sql.textContent ?? "", "SQL"))}</h3>
          ${sql}
        </div>
        <div>
          <h3>YAML ${button("Copy", "Copy the YAML", () => void copy(yaml.textContent ?? "", "YAML"))}</h3>
          ${yaml}
        </div>
      </div>
    </section>`,
    setHead(next) {
      head = next;
      write();
    },
    show(next, options, search, isSound) {
      rule = next;
      address = search;
      sentence.textContent = isSound
        ? inWords(rule, options, currency)
        : "The rule cannot be read as it stands: see what is wrong with it above.";
      sql.textContent = isSound ? `${totalSql(rule, options)};` : "";
      write();
    }
  };
}

function inWords(rule: Rule, {fields}: CountOptions, currency: string): string {
  try {
    return describeRule(rule, {fields, currency});
  } catch (error) {
    return `The rule cannot be put into words: ${(error as Error).message}`;
  }
}
