import {z} from "zod";
import {parseLookback} from "../definitions/lookback.js";
import {nearest} from "../definitions/nearest.js";
import {parseAt} from "./at.js";
import {measures} from "./event.js";
import {operatorNames, operators, type OperandKind} from "./operators.js";
import {containerKinds, leafKinds, memberships, type Rule} from "./rule.js";
import {subjectKinds} from "./subject.js";

/** The schema of a rule, as it stands in YAML under `rule:` and in links. Mistakes carry the place in the tree. */
export const ruleSchema = z
  .custom<Rule>()
  .superRefine((value, context) =>
    validate(value, ruleTree, [], (path, message) =>
      context.addIssue({code: "custom", path, message, params: {complete: true}})
    )
  );

const deepest = 50;

type Path = (string | number)[];
type Report = (path: Path, message: string) => void;

/** A tree's kinds of node: containers, and leaves with the schema of each and how many operators it takes. */
interface Tree {
  kinds: readonly string[];
  leaves: Record<string, Leaf>;
}

interface Leaf {
  schema: z.ZodType;
  /** Keys beside the operators, for hints. */
  keys: string[];
  operators: "one" | "at most one" | "none";
  /** What the schema leaves open: the trees inside. */
  inside?: (leaf: Record<string, unknown>, path: Path, report: Report) => void;
}

const text = z
  .string({error: "a text"})
  .max(1000, "at most 1,000 characters")
  .refine((s) => !/[\0\ud800-\udfff]/u.test(s), "text without a NUL or half a character");
const scalar = z.union([text, z.number(), z.boolean()], {error: "a text, a number, or true or false"});
const operandSchemas: Record<OperandKind, z.ZodType> = {
  one: scalar,
  many: z
    .array(scalar, {error: "a list of values"})
    .max(10_000, "at most 10,000 values: put them into a file, in_file"),
  pair: z.tuple([scalar, scalar], {error: "two values, the lower one first"}),
  flag: z.boolean({error: "true or false"}),
  span: text,
  period: text,
  around: z.tuple([text, text], {error: 'a date and a span: [2026-03-01, "3 days"]'}),
  rolling: z.tuple([text, text], {error: 'two spans from as-of: ["-30 days", "-7 days"]'}),
  file: text
};

const name = z.string({error: "a name"}).min(1, "a name").max(200, "at most 200 characters");
const flag = z.boolean({error: "true or false"});
const tests = {
  ...Object.fromEntries(
    operatorNames.map((operator) => [operator, operandSchemas[operators[operator].operand].optional()])
  ),
  ignore_year: flag.optional()
};
const lookback = z
  .string({error: 'missing: "12 months", "90 days" or "lifetime"'})
  .refine((s) => parseLookback(s) !== undefined, '"12 months", "90 days" or "lifetime"');
const at = z
  .string({error: '"2026-03-01" or "3 months ago"'})
  .refine((s) => parseAt(s) !== undefined, '"2026-03-01" or "3 months ago"');
const subjects = {
  attribute: {attribute: name},
  metric: {metric: name, lookback, at: at.optional()},
  decile: {decile: name, lookback, at: at.optional(), category: name.optional()},
  value: {value: name},
  rfm: {rfm: name}
};
const subject = z.union([name, ...subjectKinds.map((kind) => z.strictObject(subjects[kind]))], {
  error: "an attribute's name, or a subject such as {metric: spend, lookback: 12 months}"
});
const reference = z.union([z.strictObject({profile: subject}), z.strictObject({step: name, field: name})], {
  error: "a value, {profile: attribute} or {step: name, field: field}"
});
const fieldTests = Object.fromEntries(
  operatorNames.map((operator) => {
    const schema = operandSchemas[operators[operator].operand];
    const open = z.unknown().superRefine((value, context) => {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      const used = isObject && operators[operator].operand === "one" ? reference : schema;
      for (const issue of used.safeParse(value).error?.issues ?? [])
        context.addIssue({code: "custom", path: issue.path, message: issue.message});
    });
    return [operator, open.optional()];
  })
);
const types = z.union([name, z.array(name).min(1).max(1000)], {
  error: 'an event type, a list of them, or "*"'
});
const span = z.string({error: 'a span: "24 hours"'}).max(100);
const tree = z.unknown();

const fieldLeaf: Leaf = {
  schema: z.strictObject({field: name, ...fieldTests, ignore_year: flag.optional()}),
  keys: ["ignore_year"],
  operators: "one"
};
const whereTree: Tree = {kinds: [...containerKinds, "field"], leaves: {field: fieldLeaf}};
const timeLeaf: Leaf = {schema: z.strictObject(tests), keys: ["ignore_year"], operators: "one"};

const ruleTree: Tree = {
  kinds: [...containerKinds, ...leafKinds],
  leaves: {
    ...Object.fromEntries(
      subjectKinds.map((kind): [string, Leaf] => [
        kind,
        {
          schema: z.strictObject({...subjects[kind], ...tests}),
          keys: [...Object.keys(subjects[kind]), "ignore_year"],
          operators: "one"
        }
      ])
    ),
    event: {
      schema: z.strictObject({
        event: types,
        where: tree.optional(),
        time: tree.optional(),
        ...Object.fromEntries(measures.map((measure) => [measure, name.optional()])),
        ...tests
      }),
      keys: ["where", "time", ...measures, "ignore_year"],
      operators: "at most one",
      inside(leaf, path, report) {
        validateParts(leaf, path, report);
        const given = measures.filter((measure) => leaf[measure] !== undefined);
        if (given.length > 1) report(path, `${given.length} measures (${given.join(", ")}): one per condition`);
        const isTested = operatorNames.some((operator) => leaf[operator] !== undefined);
        if (given.length === 1 && !isTested) report(path, `${given[0]} of what? no operator: at_least, at_most, …`);
      }
    },
    sequence: {
      schema: z.strictObject({
        sequence: z.array(tree, {error: "a list of steps"}).min(1, "at least one step").max(50, "at most 50 steps"),
        time: tree.optional()
      }),
      keys: ["time"],
      operators: "none",
      inside(leaf, path, report) {
        validateParts(leaf, path, report);
        (leaf.sequence as unknown[]).forEach((step, i) => validateStep(step, [...path, "sequence", i], report));
      }
    },
    audience: {
      schema: z.strictObject({
        audience: name,
        membership: z.enum(memberships, {error: `one of ${memberships.join(", ")}`}).optional(),
        within: span.optional()
      }),
      keys: ["membership", "within"],
      operators: "none"
    }
  }
};

const stepLeaves: Record<string, Leaf> = {
  event: {
    schema: z.strictObject({
      event: types,
      where: tree.optional(),
      as: name.optional(),
      after_at_least: span.optional(),
      within: span.optional()
    }),
    keys: ["where", "as", "after_at_least", "within"],
    operators: "none",
    inside: validateParts
  },
  no_event: {
    schema: z.strictObject({no_event: types, where: tree.optional(), within: span.optional()}),
    keys: ["where", "within"],
    operators: "none",
    inside: validateParts
  }
};

function validate(value: unknown, {kinds, leaves}: Tree, path: Path, report: Report, depth = 0): void {
  if (!isObject(value)) {
    const shown = JSON.stringify(value) ?? "nothing";
    return report(path, `not a rule: ${shown}: a condition, or all, any or none of a list`);
  }
  const keys = Object.keys(value);
  const found = keys.filter((key) => kinds.includes(key));
  if (found.length !== 1) return report(path, kindMistake(keys, found, kinds));
  if (depth > deepest) return report(path, `nested more than ${deepest} deep`);
  const kind = found[0]!;
  const leaf = leaves[kind];
  if (leaf) return validateLeaf(value, kind, leaf, path, report);
  for (const key of keys.filter((key) => key !== kind && key !== "name")) {
    const hint = nearest(key, ["name"]);
    report([...path, key], `unknown key "${key}"${hint ? `: did you mean "${hint}"?` : ""}`);
  }
  const {[kind]: children, name: given} = value;
  if (given !== undefined && !text.safeParse(given).success) report([...path, "name"], "a text");
  if (!Array.isArray(children)) return report([...path, kind], "a list of rules");
  children.forEach((child, i) => validate(child, {kinds, leaves}, [...path, kind, i], report, depth + 1));
}

function validateLeaf(value: Record<string, unknown>, kind: string, leaf: Leaf, path: Path, report: Report): void {
  const result = leaf.schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    if (issue.code !== "unrecognized_keys") report([...path, ...(issue.path as Path)], issue.message);
    else for (const key of issue.keys) report([...path, key], unknownKey(key, leaf));
  }
  if (!result.success) return;
  const given = Object.keys(value).filter((key) => key in operators);
  if (given.length === 0 && leaf.operators === "one") report(path, `no operator: one of ${operatorNames.join(", ")}`);
  if (given.length > 1) report(path, `${given.length} operators (${given.join(", ")}): one per condition`);
  leaf.inside?.(value, path, report);
}

function validateStep(step: unknown, path: Path, report: Report): void {
  if (!isObject(step)) return report(path, "not a step: {event: …} or {no_event: …}");
  const found = Object.keys(step).filter((key) => key in stepLeaves);
  if (found.length !== 1) return report(path, kindMistake(Object.keys(step), found, Object.keys(stepLeaves)));
  validateLeaf(step, found[0]!, stepLeaves[found[0]!]!, path, report);
}

function validateParts({where, time}: Record<string, unknown>, path: Path, report: Report): void {
  if (where !== undefined) validate(where, whereTree, [...path, "where"], report);
  if (time === undefined) return;
  if (!isObject(time)) return report([...path, "time"], 'when: {in_last: "30 days"}');
  validateLeaf(time, "time", timeLeaf, [...path, "time"], report);
}

function kindMistake(keys: string[], found: string[], kinds: readonly string[]): string {
  if (found.length > 1) return `${found.join(" and ")} in one place: each rule is one of ${kinds.join(", ")}`;
  const hint = keys.map((key) => nearest(key, kinds)).find((near) => near !== undefined);
  return `neither a condition nor a container: one of ${kinds.join(", ")}${hint ? `: did you mean "${hint}"?` : ""}`;
}

function unknownKey(key: string, {keys, operators: takes}: Leaf): string {
  const hint = nearest(key, takes === "none" ? keys : [...operatorNames, ...keys]);
  return `unknown ${takes === "none" ? "key" : "operator"} "${key}"${hint ? `: did you mean "${hint}"?` : ""}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
