import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml, type AudienceSettings} from "../../lib/rules/yaml.js";

/** What an audience's file says beside its rule. */
export interface AudienceHead {
  name: string;
  description?: string;
  /** What the builder does not edit, and leaves as it is. */
  settings?: AudienceSettings;
}

/** What the file of a saved audience says beside its rule, as far as it is published. */
export function headOf(audience: {name: string; description: string | null; settings: string}): AudienceHead {
  const {name, description, settings} = audience;
  return {name, ...(description && {description}), settings: JSON.parse(settings) as AudienceSettings};
}

/**
 * An audience's file with this head and rule. Of a file that there is already, the rest stays as it was, comments too:
 * state, split, schedule.
 */
export async function audienceFile(head: AudienceHead, rule: Rule, before?: string): Promise<string> {
  const text = audienceYaml({...head, rule});
  if (before === undefined) return text;
  const {parseDocument} = await import("yaml");
  const [document, fresh] = [parseDocument(before), parseDocument(text)];
  if (document.errors.length > 0)
    throw new Error(`the file is not YAML: ${document.errors[0]!.message.split("\n")[0]}`);
  document.set("name", head.name);
  if (head.description) document.set("description", head.description);
  else document.delete("description");
  document.delete("file");
  document.delete("model");
  // A rule that says the same keeps the comments within it.
  const [now, then] = [fresh, document].map((one) => JSON.stringify((one.toJS() as {rule?: unknown}).rule));
  if (now !== then) document.set("rule", fresh.get("rule", true));
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}
