import {html} from "htl";
import {isPathName} from "../../lib/pathName.js";
import {usedBy, type Audience} from "./audiences.js";

const pages: Record<string, string> = {campaign: "campaigns", audience: "audiences"};

/** What names an audience, each a link to its page where it has one; `base` leads to the folder of pages. */
export function UsedBy(audience: Audience, base = "."): HTMLElement {
  const uses = usedBy(audience);
  if (uses.length === 0) return html`<span class="muted">nothing</span>`;
  return html`<span>
    ${uses.map(({kind, id}, i) => {
      const page = isPathName(id) ? pages[kind] : undefined;
      const name = page ? html`<a href=${`${base}/${page}/${id}.html`}>${id}</a>` : id;
      return html`${i > 0 ? ", " : ""}${kind} ${name}`;
    })}
  </span>`;
}
