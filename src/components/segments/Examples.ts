import {html} from "htl";
import {exampleFields, type CountOptions} from "../../lib/rules/count.js";
import type {Rule} from "../../lib/rules/rule.js";
import {formatDate, formatNumber} from "../format.js";
import {Table, type Column} from "../Table.js";
import {fieldTitle} from "./fields.js";

/** Twenty of the segment's customers, by surrogate id, with what the rule asks of them. */
export function Examples(): {
  element: HTMLElement;
  show(rows: Record<string, unknown>[], rule: Rule, options: CountOptions): void;
} {
  const body = html`<div></div>`;
  const element = html`<section class="examples" aria-label="Examples" hidden>
    <h2>Examples</h2>
    ${body}
  </section>`;
  return {
    element,
    show(rows, rule, options) {
      element.hidden = false;
      const columns: Record<string, Column<Record<string, unknown>> | string> = {id: "Customer"};
      for (const field of exampleFields(rule, options)) {
        const isDate = field.type === "date" || field.type === "timestamp";
        columns[field.column] = {
          label: fieldTitle(field),
          align: isDate || field.type === "string" || field.type === "boolean" ? "left" : "right",
          format: (value: unknown) => {
            if (value === null || value === undefined) return field.kind === "decile" ? "inactive" : "–";
            if (isDate) return formatDate(value as Date | number);
            return typeof value === "number" ? formatNumber(value, 2) : String(value);
          }
        };
      }
      body.replaceChildren(
        Table(rows, {
          caption: "The segment's first customers by id",
          columns,
          pageSize: 20,
          name: "segment-examples",
          empty: "Nobody is in."
        })
      );
    }
  };
}
