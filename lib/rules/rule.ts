import type {EventCondition, SequenceCondition, Where} from "./event.js";
import {subjectKinds, type Condition} from "./subject.js";

export type ContainerKind = "all" | "any" | "none";

/** Holds where all, any or none of its rules hold; an empty one says nothing. */
export type Container = ({all: Rule[]} | {any: Rule[]} | {none: Rule[]}) & {name?: string};

export const memberships = ["now", "ever", "never", "left"] as const;

/** In, at some time in, never in, or in once but no longer in; `within` the span up to as-of. */
export interface AudienceCondition {
  audience: string;
  membership?: (typeof memberships)[number];
  within?: string;
}

/** What stands in a container. `Condition` is the one kind that needs nothing but the table of profiles. */
export type Leaf = Condition | EventCondition | SequenceCondition | AudienceCondition;

export type Rule = Container | Leaf;

export const containerKinds = ["all", "any", "none"] as const satisfies ContainerKind[];
export const leafKinds = [...subjectKinds, "event", "sequence", "audience"] as const;

export type LeafKind = (typeof leafKinds)[number];

/** Which container a rule, or a part of a `where`, is; undefined for a condition. */
export function containerKind(rule: Rule | Where): ContainerKind | undefined {
  if ("all" in rule) return "all";
  if ("any" in rule) return "any";
  return "none" in rule ? "none" : undefined;
}

/** Which kind of condition a rule is; undefined for a container. */
export function leafKind(rule: Rule): LeafKind | undefined {
  return containerKind(rule) ? undefined : leafKinds.find((kind) => kind in rule);
}

/** Whether a rule is a condition on the profile itself, which `testOf` and `subjectOf` read. */
export function isCondition(rule: Rule): rule is Condition {
  return !containerKind(rule) && subjectKinds.some((kind) => kind in rule);
}

export function isEvent(rule: Rule): rule is EventCondition {
  return "event" in rule;
}

export function isSequence(rule: Rule): rule is SequenceCondition {
  return "sequence" in rule;
}

export function isAudience(rule: Rule): rule is AudienceCondition {
  return "audience" in rule;
}

/** A container's rules; none for a condition. */
export function childrenOf(rule: Rule): Rule[];
export function childrenOf(where: Where): Where[];
export function childrenOf(rule: Rule | Where): (Rule | Where)[] {
  const kind = containerKind(rule);
  return kind ? (rule as Record<ContainerKind, Rule[]>)[kind] : [];
}

/** Whether anything in a rule, or in a `where`, says anything: empty containers do not. */
export function saysSomething(rule: Rule | Where): boolean {
  return containerKind(rule) ? childrenOf(rule as Rule).some(saysSomething) : true;
}

/** A container of a kind, with the name another had. */
export function container(kind: ContainerKind, rules: Rule[], name?: string): Container {
  return {[kind]: rules, ...(name && {name})} as Container;
}
