import {catalogue, isElsewhere, type Field} from "../../lib/rules/field.js";
import type {Rule} from "../../lib/rules/rule.js";
import {subjectKinds, type Subject} from "../../lib/rules/subject.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {defaultMeasure, warehouseFields, type WarehouseField} from "./fields.js";
import {rankSubject} from "./rank.js";

/** Every rule that an audience's definition holds: who is meant, and who falls into which arm. */
export function rulesOf({definition}: Pick<Audience, "definition">): Rule[] {
  const {rule, split} = definition;
  const arms = Object.values(split?.arms ?? {}).flatMap(({where}) => where ?? []);
  return rule ? [rule, ...arms] : arms;
}

/** The columns of the table of profiles that rules and rankings name, events' references to them included. */
export function usedFields(workspace: Workspace, rules: Rule[], subjects: Subject[] = []): WarehouseField[] {
  const all = warehouseFields(workspace);
  const fields = catalogue(all);
  const used = new Set<Field>();
  for (const subject of [...subjects, ...rules.flatMap(subjectsIn)]) {
    const field = fields.find(subject);
    if (field && !isElsewhere(field)) used.add(field);
  }
  return all.filter((field) => used.has(field));
}

/** The fields that audiences need. */
export function fieldsOfAudiences(workspace: Workspace, audiences: Pick<Audience, "definition">[]): WarehouseField[] {
  const ranks = audiences.flatMap(({definition: {top}}) => (top ? [rankSubject(top)] : []));
  return usedFields(workspace, audiences.flatMap(rulesOf), ranks);
}

/** The metric and the decile that audiences are valued and split by, as subjects. */
export function measureSubjects(workspace: Workspace): {metric: Subject; decile: Subject} {
  const {metric, lookback} = defaultMeasure(workspace);
  return {metric: {metric, lookback}, decile: {decile: metric, lookback}};
}

/** Every subject that stands somewhere in a rule: in conditions, and where events look fields of the profile up. */
function subjectsIn(rule: unknown): Subject[] {
  if (typeof rule !== "object" || rule === null) return [];
  if (Array.isArray(rule)) return rule.flatMap(subjectsIn);
  const node = rule as Record<string, unknown>;
  const kind = subjectKinds.find((name) => typeof node[name] === "string");
  const own = kind ? [node as Subject] : typeof node.profile === "string" ? [{attribute: node.profile}] : [];
  return [...own, ...Object.values(node).flatMap(subjectsIn)];
}
