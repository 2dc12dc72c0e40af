import {operatorNames, type Operator} from "./operators.js";
import {childrenOf, containerKind, isCondition, type Rule} from "./rule.js";
import {ruleSchema} from "./schema.js";
import {testOf, type Condition, type Operand, type Scalar} from "./subject.js";

const longest = 4096;
const subjects = {a: "attribute", m: "metric", d: "decile"} as const;
const spans: [RegExp, string][] = [
  [/^lifetime$/, "lifetime"],
  [/^(\d+)d$/, "day"],
  [/^(\d+)w$/, "week"],
  [/^(\d+)m$/, "month"],
  [/^(\d+)y$/, "year"]
];

/**
 * A rule as text for a link: tokens in prefix order joined by dots, of letters, digits, `_`, `-` and `*` alone, so that
 * nothing escapes it further: `all-2.a.tier.in-2.gold.silver.m.spend.12m.at_least.100`. Undefined beyond 4 KB.
 */
export function encodeRule(rule: Rule): string | undefined {
  const text = tokens(rule).join(".");
  return text.length <= longest ? text : undefined;
}

/** Reads a link's rule back. Undefined where it is none. */
export function decodeRule(text: string): Rule | undefined {
  if (text.length > longest) return undefined;
  const queue = {tokens: text.split("."), at: 0};
  try {
    const rule = read(queue);
    return queue.at === queue.tokens.length && ruleSchema.safeParse(rule).success ? rule : undefined;
  } catch {
    return undefined;
  }
}

function tokens(rule: Rule): string[] {
  const kind = containerKind(rule);
  if (kind) {
    const children = childrenOf(rule);
    const {name} = rule as {name?: string};
    return [`${kind}-${children.length}${name ? `-${escape(name)}` : ""}`, ...children.flatMap(tokens)];
  }
  const head = isCondition(rule) ? subject(rule) : undefined;
  if (!head) return anything(rule);
  const {operator, operand} = testOf(rule as Condition);
  const values = Array.isArray(operand) ? [`${operator}-${operand.length}`, ...operand] : [operator, operand];
  return [...head, values[0] as string, ...values.slice(1).map((value) => scalar(value as Scalar))];
}

/** The short form of the commonest conditions; undefined where a condition says more than a subject and a test. */
function subject(condition: Condition): string[] | undefined {
  if (Object.keys(condition).length !== ("lookback" in condition ? 3 : 2)) return undefined;
  if ("attribute" in condition) return ["a", escape(condition.attribute)];
  if (!("lookback" in condition)) return undefined;
  const lookback = condition.lookback.replace(/^(\d+) (\w)\w*$/, "$1$2");
  return "metric" in condition
    ? ["m", escape(condition.metric), escape(lookback)]
    : ["d", escape(condition.decile), escape(lookback)];
}

/** Any other condition, value by value: `*o2` begins an object of two keys, `*l3` a list of three. */
function anything(value: unknown): string[] {
  if (Array.isArray(value)) return [`*l${value.length}`, ...value.flatMap(anything)];
  if (typeof value !== "object") return [scalar(value as Scalar)];
  const entries = Object.entries(value as object).filter(([, part]) => part !== undefined);
  return [`*o${entries.length}`, ...entries.flatMap(([key, part]) => [escape(key), ...anything(part)])];
}

function scalar(value: Scalar): string {
  if (typeof value !== "string") return String(value).replace("+", "").replace(".", "*2e*");
  const text = escape(value);
  return isPlain(text) ? text.replace(/^./, (first) => `*${first.charCodeAt(0).toString(16)}*`) : text;
}

/** Whether a token would be read as a number or a boolean. */
function isPlain(token: string): boolean {
  return token === "true" || token === "false" || (token !== "" && Number.isFinite(Number(token)));
}

function escape(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/gu, (character) => `*${character.codePointAt(0)!.toString(16)}*`);
}

function unescape(token: string): string {
  return token.replace(/\*([0-9a-f]{1,6})\*/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}

function read(queue: Queue, depth = 0): Rule {
  const head = next(queue);
  const match = /^(all|any|none)-(\d{1,5})(?:-(.+))?$/.exec(head);
  if (match) {
    if (depth > 50) throw new Error("too deep");
    const children = Array.from({length: Number(match[2])}, () => read(queue, depth + 1));
    return {[match[1]!]: children, ...(match[3] && {name: unescape(match[3])})} as unknown as Rule;
  }
  if (head.startsWith("*o")) return readAnything(head, queue, depth) as Rule;
  const kind = subjects[head as keyof typeof subjects];
  const condition: Record<string, Operand> = {[kind]: unescape(next(queue))};
  if (kind !== "attribute") condition.lookback = lookback(unescape(next(queue)));
  const [operator, count] = next(queue).split("-") as [Operator, string | undefined];
  if (!operatorNames.includes(operator)) throw new Error(`unknown operator: ${operator}`);
  const value = () => unscalar(next(queue));
  condition[operator] = count !== undefined ? Array.from({length: Number(count)}, value) : value();
  return condition as unknown as Condition;
}

function readAnything(head: string, queue: Queue, depth: number): unknown {
  const match = /^\*([ol])(\d{1,5})$/.exec(head);
  if (!match) return unscalar(head);
  if (depth > 200) throw new Error("too deep");
  const value = () => readAnything(next(queue), queue, depth + 1);
  const count = Number(match[2]);
  if (match[1] === "l") return Array.from({length: count}, value);
  return Object.fromEntries(Array.from({length: count}, () => [unescape(next(queue)), value()]));
}

interface Queue {
  tokens: string[];
  at: number;
}

function next(queue: Queue): string {
  const token = queue.tokens[queue.at++];
  if (token === undefined) throw new Error("cut short");
  return token;
}

function unscalar(token: string): Scalar {
  const number = token.replace("*2e*", ".");
  if (token === "true" || token === "false") return token === "true";
  return /^-?\d+(\.\d+)?(e-?\d+)?$/.test(number) ? Number(number) : unescape(token);
}

function lookback(text: string): string {
  for (const [pattern, unit] of spans) {
    const match = pattern.exec(text);
    if (match) return match[1] ? `${match[1]} ${unit}${match[1] === "1" ? "" : "s"}` : unit;
  }
  return text;
}
