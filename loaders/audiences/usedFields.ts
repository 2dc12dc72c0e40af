import {catalogue, fieldOf, type Field} from "../../lib/rules/field.js";
import {childrenOf, containerKind, type Condition, type Rule, type Subject} from "../../lib/rules/rule.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./readAudiences.js";
import {defaultMeasure, warehouseFields, type WarehouseField} from "./fields.js";
import {rankSubject} from "./rank.js";

/** Every rule that an audience's definition holds: who is meant, and who falls into which arm. */
export function rulesOf({definition}: Pick<Audience, "definition">): Rule[] {
  const {rule, split} = definition;
  const arms = Object.values(split?.arms ?? {}).flatMap(({where}) => where ?? []);
  return rule ? [rule, ...arms] : arms;
}

/** The fields that rules and rankings name. */
export function usedFields(workspace: Workspace, rules: Rule[], subjects: Subject[] = []): WarehouseField[] {
  const all = warehouseFields(workspace);
  const fields = catalogue(all);
  const used = new Set<Field>(subjects.map((subject) => fieldOf(subject, fields)));
  const visit = (rule: Rule): void => {
    if (containerKind(rule)) childrenOf(rule).forEach(visit);
    else used.add(fieldOf(rule as Condition, fields));
  };
  rules.forEach(visit);
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
