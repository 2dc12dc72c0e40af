import {z} from "zod";
import {formatLookback, parseLookback} from "../definitions/lookback.js";
import {nearest} from "../definitions/nearest.js";
import {operatorNames, operators, type Operator, type OperandKind} from "./operators.js";

export type Scalar = string | number | boolean;

/** What a condition compares with; its form follows from the operator. */
export type Operand = Scalar | Scalar[];

export type ContainerKind = "all" | "any" | "none";

/** Holds where all, any or none of its rules hold; an empty one says nothing. */
export type Container = ({all: Rule[]} | {any: Rule[]} | {none: Rule[]}) & {name?: string};

/** What a condition is about: an attribute of the profile, a metric over a lookback, or the decile by that metric. */
export type Subject = {attribute: string} | {metric: string; lookback: string} | {decile: string; lookback: string};

/** A subject and exactly one operator with its operand: `{attribute: tier, in: [gold, silver]}`. */
export type Condition = Subject & {[O in Operator]?: Operand};

export type Rule = Container | Condition;

const containerKinds: ContainerKind[] = ["all", "any", "none"];
const subjectKinds = ["attribute", "metric", "decile"] as const;
const kinds: readonly string[] = [...containerKinds, ...subjectKinds];
const deepest = 50;

/** The schema of a rule, as it stands in YAML under `rule:` and in links. Mistakes carry the place in the tree. */
export const ruleSchema = z
  .custom<Rule>()
  .superRefine((value, context) =>
    validate(value, [], (path, message) => context.addIssue({code: "custom", path, message, params: {complete: true}}))
  );

/** Which container a rule is; undefined for a condition. */
export function containerKind(rule: Rule): ContainerKind | undefined {
  return containerKinds.find((kind) => kind in rule);
}

/** A container's rules; none for a condition. */
export function childrenOf(rule: Rule): Rule[] {
  const kind = containerKind(rule);
  return kind ? (rule as Record<ContainerKind, Rule[]>)[kind] : [];
}

/** A container of a kind, with the name another had. */
export function container(kind: ContainerKind, rules: Rule[], name?: string): Container {
  return {[kind]: rules, ...(name && {name})} as Container;
}

/** The operator of a condition, and what it compares with. */
export function testOf(condition: Condition): {operator: Operator; operand: Operand} {
  const operator = operatorNames.find((name) => condition[name] !== undefined);
  if (!operator) throw new Error(`condition without an operator: ${JSON.stringify(condition)}`);
  return {operator, operand: condition[operator]!};
}

/** A condition's subject alone, its lookback in the one spelling. */
export function subjectOf(condition: Condition | Subject): Subject {
  if ("attribute" in condition) return {attribute: condition.attribute};
  const parsed = parseLookback(condition.lookback);
  const lookback = parsed ? formatLookback(parsed) : condition.lookback;
  return "metric" in condition ? {metric: condition.metric, lookback} : {decile: condition.decile, lookback};
}

type Report = (path: (string | number)[], message: string) => void;

const text = z
  .string()
  .max(1000, "at most 1,000 characters")
  .refine((s) => !/[\0\ud800-\udfff]/u.test(s), "text without a NUL or half a character");
const scalar = z.union([text, z.number(), z.boolean()], {error: "a text, a number, or true or false"});
const operandSchemas: Record<OperandKind, z.ZodType> = {
  one: scalar,
  many: z.array(scalar, {error: "a list of values"}).max(10_000),
  pair: z.tuple([scalar, scalar], {error: "two values, the lower one first"}),
  flag: z.boolean({error: "true or false"}),
  span: text,
  period: text
};

const name = z.string({error: "a name"}).min(1).max(100);
const tests = Object.fromEntries(
  operatorNames.map((operator) => [operator, operandSchemas[operators[operator].operand].optional()])
);
const lookbackSchema = z
  .string({error: 'missing: "12 months", "90 days" or "lifetime"'})
  .refine((s) => parseLookback(s) !== undefined, '"12 months", "90 days" or "lifetime"');
const schemas: Record<string, z.ZodType> = {
  attribute: z.strictObject({attribute: name, ...tests}),
  metric: z.strictObject({metric: name, lookback: lookbackSchema, ...tests}),
  decile: z.strictObject({decile: name, lookback: lookbackSchema, ...tests}),
  ...Object.fromEntries(
    containerKinds.map((kind) => [
      kind,
      z.strictObject({[kind]: z.array(z.unknown(), {error: "a list of rules"}), name: text.optional()})
    ])
  )
};

function validate(value: unknown, path: (string | number)[], report: Report): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return report(
      path,
      `not a rule: ${JSON.stringify(value) ?? "nothing"}: a condition, or all, any or none of a list`
    );
  }
  const keys = Object.keys(value);
  const kind = keys.filter((key) => kinds.includes(key));
  if (kind.length !== 1) return report(path, kindMistake(keys, kind));
  if (path.length > 2 * deepest) return report(path, `nested more than ${deepest} deep`);
  const result = schemas[kind[0]!]!.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    if (issue.code !== "unrecognized_keys") report([...path, ...(issue.path as (string | number)[])], issue.message);
    else for (const key of issue.keys) report([...path, key], unknownKey(key, kind[0]!));
  }
  if (!result.success) return;
  const rule = value as Rule;
  if (containerKinds.includes(kind[0] as ContainerKind)) {
    childrenOf(rule).forEach((child, i) => validate(child, [...path, kind[0]!, i], report));
    return;
  }
  const given = keys.filter((key) => key in operators);
  if (given.length === 0) report(path, `no operator: one of ${operatorNames.join(", ")}`);
  if (given.length > 1) report(path, `${given.length} operators (${given.join(", ")}): one per condition`);
}

function kindMistake(keys: string[], found: string[]): string {
  if (found.length > 1) return `${found.join(" and ")} in one place: each rule is one of ${kinds.join(", ")}`;
  const hint = keys.map((key) => nearest(key, kinds)).find((near) => near !== undefined);
  return `neither a condition nor a container: one of ${kinds.join(", ")}${hint ? `: did you mean "${hint}"?` : ""}`;
}

function unknownKey(key: string, kind: string): string {
  const isContainer = containerKinds.includes(kind as ContainerKind);
  const hint = nearest(key, isContainer ? ["name"] : operatorNames);
  return `unknown ${isContainer ? "key" : "operator"} "${key}"${hint ? `: did you mean "${hint}"?` : ""}`;
}
