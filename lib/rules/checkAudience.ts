import {suggest} from "../definitions/nearest.js";
import type {Checking, Finding} from "./finding.js";
import {childrenOf, isAudience, type AudienceCondition, type Rule} from "./rule.js";
import {parseSpan} from "./span.js";
import type {KnownAudience} from "./surroundings.js";

/** Checks membership in another audience: that there is one, and that it does not refer back. */
export function checkAudience(
  condition: AudienceCondition,
  path: Finding["path"],
  id: string | undefined,
  {fields, report}: Checking
): void {
  // prettier-ignore
  const {audience, within} = condition;
  if (within !== undefined && !parseSpan(within)) {
    report("error", [...path, "within"], `not a span of time: ${JSON.stringify(within)}: "30 days"`);
  }
  const known = fields.audiences;
  if (!known) return;
  const found = known.find((other) => other.id === audience);
  if (!found && audience !== id) {
    return report("error", [...path, "audience"], `no audience "${audience}"${suggest(audience, known.map((other) => other.id))}`); // prettier-ignore
  }
  const circle = id === undefined ? undefined : wayTo(id, audience, known);
  if (circle) {
    report("error", [...path, "audience"], `audiences in a circle: ${[id, ...circle].map((one) => `"${one}"`).join(" refers to ")}`); // prettier-ignore
  }
  if (found?.state === "inactive")
    report("warning", [...path, "audience"], `audience "${audience}" is inactive: nobody is in`);
}

/** The audiences that a rule refers to, each once. */
function audiencesOf(rule: Rule): string[] {
  const found = new Set<string>();
  const visit = (node: Rule): void => {
    if (isAudience(node)) found.add(node.audience);
    else childrenOf(node).forEach(visit);
  };
  visit(rule);
  return [...found];
}

/** The audiences passed through from one until it refers to another; undefined where it never does. */
function wayTo(wanted: string, from: string, known: KnownAudience[]): string[] | undefined {
  const byId = new Map(known.map((audience) => [audience.id, audience]));
  const seen = new Set<string>();
  const queue: string[][] = [[from]];
  for (let way = queue.shift(); way; way = queue.shift()) {
    const last = way.at(-1)!;
    if (last === wanted) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    const audience = byId.get(last);
    const next = audience?.audiences ?? (audience?.rule ? audiencesOf(audience.rule) : []);
    for (const id of next) queue.push([...way, id]);
  }
  return undefined;
}
