import type {Rule} from "../../lib/rules/rule.js";
import {audienceYaml} from "../../lib/rules/yaml.js";

/** What of an audience the builder edits. */
export interface AudienceHead {
  name: string;
  description?: string;
}

/**
 * An audience's file with this head and rule. Of a file that there is already, the rest stays as it was: comments, state,
 * split, schedule.
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
  document.set("rule", fresh.get("rule", true));
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}
