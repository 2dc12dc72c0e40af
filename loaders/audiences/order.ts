import type {Audience} from "./audience.js";
import {references} from "./references.js";

/**
 * Audiences in an order in which each stands after those that its rules name; by name where that leaves a choice.
 * `cycle` names one that goes round in a circle, from an audience back to itself.
 */
export function orderAudiences(audiences: Audience[]): {ordered: Audience[]; cycle?: string[]} {
  const byId = new Map(audiences.map((audience) => [audience.id, audience]));
  const ordered: Audience[] = [];
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  let cycle: string[] | undefined;
  const visit = (audience: Audience): void => {
    if (cycle || state.get(audience.id) === "done") return;
    if (state.get(audience.id) === "open") {
      cycle = [...path.slice(path.indexOf(audience.id)), audience.id];
      return;
    }
    state.set(audience.id, "open");
    path.push(audience.id);
    const needed = new Set(references(audience.definition).map((reference) => reference.audience));
    for (const id of [...needed].sort()) {
      const other = byId.get(id);
      if (other) visit(other);
    }
    path.pop();
    state.set(audience.id, "done");
    ordered.push(audience);
  };
  for (const id of [...byId.keys()].sort()) visit(byId.get(id)!);
  return cycle ? {ordered: audiences, cycle} : {ordered};
}
