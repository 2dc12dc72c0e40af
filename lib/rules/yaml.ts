import type {AudienceDefinition} from "../definitions/audience.js";
import type {SequenceCondition} from "./event.js";
import {childrenOf, containerKind, isSequence, type Rule} from "./rule.js";

/** What an audience's definition says beside who is meant. */
export type AudienceSettings = Partial<
  Pick<AudienceDefinition, "state" | "schedule" | "seed" | "top" | "split" | "review_at">
>;

export interface AudienceText {
  name: string;
  description?: string;
  rule: Rule;
  settings?: AudienceSettings;
}

/** An audience as YAML, to be saved as `audiences/<audience>.yaml`; conditions and arms one to a line. */
export function audienceYaml({name, description, rule, settings = {}}: AudienceText): string {
  const {state, schedule, seed, top, split, review_at} = settings;
  const lines = [`name: ${scalar(name)}`];
  if (description) lines.push(`description: ${scalar(description)}`);
  const said = {state: state === "published" ? undefined : state, schedule, review_at, seed};
  for (const [key, value] of Object.entries(said)) if (value !== undefined) lines.push(`${key}: ${scalar(value)}`);
  const body = containerKind(rule)
    ? ["rule:", ...container(rule, "  ")]
    : isSequence(rule)
      ? ["rule:", ...sequence(rule, "  ", "  ")]
      : [`rule: ${flow(rule)}`];
  const chosen = [...(top ? [`top: ${flow(top)}`] : []), ...(split ? splitLines(split) : [])];
  return [...lines, ...body, ...chosen].join("\n") + "\n";
}

function splitLines({holdout, arms}: NonNullable<AudienceSettings["split"]>): string[] {
  const names = Object.entries(arms);
  const arm = ({holdout: isHoldout, ...more}: (typeof arms)[string]) => flow({...more, ...(isHoldout && {holdout: true})}); // prettier-ignore
  return [
    "split:",
    ...(holdout === undefined ? [] : [`  holdout: ${holdout}`]),
    ...(names.length > 0 ? ["  arms:", ...names.map(([name, one]) => `    ${name}: ${arm(one)}`)] : [])
  ];
}

function container(rule: Rule, indent: string): string[] {
  const kind = containerKind(rule)!;
  const {name} = rule as {name?: string};
  const children = childrenOf(rule);
  const head = name ? [`${indent}name: ${scalar(name)}`] : [];
  if (children.length === 0) return [...head, `${indent}${kind}: []`];
  const items = children.flatMap((child) => {
    if (isSequence(child)) return sequence(child, `${indent}  - `, `${indent}    `);
    if (!containerKind(child)) return [`${indent}  - ${flow(child)}`];
    const [first, ...rest] = container(child, `${indent}    `);
    return [`${indent}  - ${first!.trimStart()}`, ...rest];
  });
  return [...head, `${indent}${kind}:`, ...items];
}

/** A sequence, a step to a line. */
function sequence({sequence: steps, time}: SequenceCondition, first: string, indent: string): string[] {
  const when = time ? [`${indent}time: ${flow(time)}`] : [];
  return [`${first}sequence:`, ...steps.map((step) => `${indent}  - ${flow(step)}`), ...when];
}

/** In one line; what is left undefined is left out. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return scalar(value as string | number | boolean);
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${parts.map(([key, part]) => `${key}: ${flow(part)}`).join(", ")}}`;
}

/** Plain where YAML reads it back as the same text, else quoted as JSON, which YAML understands. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w ./-]*$|^\d+ [a-z]+$|^\d{4}-\d{2}-\d{2}$/.test(value) && !value.endsWith(" ");
  return isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value);
}
