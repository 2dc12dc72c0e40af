import {childrenOf, containerKind, type Rule} from "./rule.js";

/** An audience as YAML, to be saved as `audiences/<audience>.yaml`; conditions one to a line. */
export function audienceYaml({name, description, rule}: {name: string; description?: string; rule: Rule}): string {
  const lines = [`name: ${scalar(name)}`];
  if (description) lines.push(`description: ${scalar(description)}`);
  const body = containerKind(rule) ? ["rule:", ...container(rule, "  ")] : [`rule: ${flow(rule)}`];
  return [...lines, ...body].join("\n") + "\n";
}

function container(rule: Rule, indent: string): string[] {
  const kind = containerKind(rule)!;
  const {name} = rule as {name?: string};
  const children = childrenOf(rule);
  const head = name ? [`${indent}name: ${scalar(name)}`] : [];
  if (children.length === 0) return [...head, `${indent}${kind}: []`];
  const items = children.flatMap((child) => {
    if (!containerKind(child)) return [`${indent}  - ${flow(child)}`];
    const [first, ...rest] = container(child, `${indent}    `);
    return [`${indent}  - ${first!.trimStart()}`, ...rest];
  });
  return [...head, `${indent}${kind}:`, ...items];
}

function flow(condition: Rule): string {
  const parts = Object.entries(condition).map(([key, value]) => {
    return `${key}: ${Array.isArray(value) ? `[${value.map(scalar).join(", ")}]` : scalar(value)}`;
  });
  return `{${parts.join(", ")}}`;
}

/** Plain where YAML reads it back as the same text, else quoted as JSON, which YAML understands. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w ./-]*$|^\d+ [a-z]+$|^\d{4}-\d{2}-\d{2}$/.test(value) && !value.endsWith(" ");
  return isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value);
}
