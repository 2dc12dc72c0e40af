import {html} from "htl";
import {exampleFields, type CountOptions} from "../../lib/rules/count.js";
import type {Field} from "../../lib/rules/field.js";
import {saysSomething, type Rule} from "../../lib/rules/rule.js";
import {formatDate, formatNumber} from "../format.js";
import {Table, type Column} from "../Table.js";
import {fieldTitle} from "./fields.js";
import {reasonsOf} from "./reasons.js";

/** Twenty of the segment's customers, by surrogate id, with what the rule asks of them and why each is in. */
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
        columns[field.column] = {
          label: fieldTitle(field),
          align: isDate(field) || field.type === "string" || field.type === "boolean" ? "left" : "right",
          format: (value: unknown) => showValue(field, value)
        };
      }
      if (saysSomething(rule)) columns.why = "Why";
      const reasoned = rows.map((row) => ({...row, why: reasonsOf(rule, row, options.fields, showValue)}));
      body.replaceChildren(
        Table(reasoned as Record<string, unknown>[], {
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

function isDate({type}: Field): boolean {
  return type === "date" || type === "timestamp";
}

function showValue(field: Field, value: unknown): string {
  if (value === null || value === undefined) return field.kind === "decile" ? "inactive" : "–";
  if (isDate(field)) return formatDate(value as Date | number);
  return typeof value === "number" ? formatNumber(value, 2) : String(value);
}
