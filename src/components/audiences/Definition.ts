import {html} from "htl";
import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml} from "../../lib/rules/yaml.js";
import {headOf} from "../segments/audienceFile.js";
import {kindInWords, type Audience} from "./audiences.js";

/** An audience's definition: read aloud, and as its file says it; a rule opens in the builder. */
export function Definition(audience: Audience): HTMLElement {
  const rule = audience.rule ? (JSON.parse(audience.rule) as Rule) : undefined;
  return html`<div class="definition">
    <p>${audience.sentence || `Members come ${kindInWords(audience.kind)}.`}</p>
    ${
      rule
        ? html`<details open>
            <summary>YAML</summary>
            <pre tabindex="0" aria-label="YAML">${audienceYaml({...headOf(audience), rule})}</pre>
          </details>`
        : null
    }
    ${rule ? html`<p><a href=${`../segments.html?audience=${audience.audience_id}`}>Open in the builder</a></p>` : null}
    <p class="muted">
      Version ${audience.version} of <code>audiences/${audience.audience_id}.yaml</code>, ${kindInWords(audience.kind)}.
    </p>
  </div>`;
}
