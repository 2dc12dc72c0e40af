/** A template's `{{field}}` and `{{field|default}}`. */
const placeholder = /\{\{\s*([^{}|]+?)\s*(?:\|([^{}]*))?\}\}/g;

/** The fields that a template names, each once. */
export function placeholders(template: string): string[] {
  return [...new Set([...template.matchAll(placeholder)].map((match) => match[1]!))];
}

/** A template that names a field which this person has not, and gives no default. */
export class MissingField extends Error {
  constructor(readonly field: string) {
    super(`template needs "${field}", which is empty: give it a default, {{${field}|…}}`);
    this.name = "MissingField";
  }
}

/** Fills a template; every value passes `escape`, defaults too. Throws MissingField. */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, unknown>>,
  escape: (text: string) => string = (text) => text
): string {
  return template.replace(placeholder, (_, field: string, otherwise: string | undefined) => {
    const value = values[field];
    const text = value === null || value === undefined ? "" : String(value);
    if (text.trim() !== "") return escape(text);
    if (otherwise === undefined) throw new MissingField(field);
    return escape(otherwise);
  });
}

/** Text as it may stand in HTML, also inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

const entities: Record<string, string> = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"};
