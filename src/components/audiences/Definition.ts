import {html} from "htl";
import {encodeRule} from "../../lib/rules/link.js";
import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml} from "../../lib/rules/yaml.js";
import {kindInWords, type Audience} from "./audiences.js";

/** An audience's definition: read aloud, and as its file says it; a rule opens in the builder. */
export function Definition(audience: Audience): HTMLElement {
  const rule = audience.rule ? (JSON.parse(audience.rule) as Rule) : undefined;
  const link = rule && encodeRule(rule);
  return html`<div class="definition">
    <p>${audience.sentence || `Members come ${kindInWords(audience.kind)}.`}</p>
    ${
      rule
        ? html`<details open>
            <summary>YAML</summary>
            <pre tabindex="0" aria-label="YAML">
${audienceYaml({name: audience.name, ...(audience.description && {description: audience.description}), rule})}</pre>
          </details>`
        : null
    }
    ${link ? html`<p><a href=${`../segments.html?rule=${link}`}>Open in the builder</a></p>` : null}
    <p class="muted">
      Version ${audience.version} of <code>audiences/${audience.audience_id}.yaml</code>, ${kindInWords(audience.kind)}.
    </p>
  </div>`;
}
