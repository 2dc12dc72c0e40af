import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {suggest} from "../../lib/definitions/nearest.js";
import {dependencyOrder} from "../engine/dependencyOrder.js";
import type {GraphNode} from "../engine/node.js";

/** Tables a node needs before it: those it reads, and those its tests compare with. */
export function dependencies(node: GraphNode): string[] {
  const names = new Set(node.inputs);
  for (const reference of node.header.references) names.add(reference.table);
  for (const test of node.header.tests) if ("relationship" in test) names.add(test.relationship.to);
  names.delete(node.name);
  return [...names].sort();
}

/**
 * Nodes in an order in which each stands after what it needs; by name where that leaves a choice, but for those that
 * are prepared aside: what they need comes first, be it prepared too, and they come late, so that there is much to build
 * meanwhile.
 * `tables` are those that exist without a node. Throws DefinitionError: unknown tables, double names, cycles.
 */
export function orderNodes(nodes: GraphNode[], tables: Iterable<string>): GraphNode[] {
  const byName = new Map<string, GraphNode>();
  const mistakes: Mistake[] = [];
  const mistake = (node: GraphNode, message: string, word?: string) =>
    mistakes.push({file: node.file, line: lineOf(node, word), path: "", message});
  const existing = new Set(tables);
  for (const node of nodes) {
    const other = byName.get(node.name);
    if (other) mistake(node, `${node.name} is made twice: by ${other.file} too`, node.name);
    byName.set(node.name, other ?? node);
  }
  const known = [...byName.keys(), ...existing].sort();
  for (const node of byName.values()) {
    for (const name of new Set([...dependencies(node), ...node.inputs])) {
      if (name === node.name) mistake(node, `${node.name} reads itself`, name);
      else if (!byName.has(name) && !existing.has(name) && !node.tolerates?.includes(name)) {
        mistake(node, `unknown table "${name}"${suggest(name, known)}`, name);
      }
    }
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  const {order, cycle} = dependencyOrder(byName.keys(), (name) => dependencies(byName.get(name)!));
  if (cycle) {
    mistake(byName.get(cycle[0]!)!, `the models go round in a circle: ${cycle.join(" ← ")}`);
    throw new DefinitionError(mistakes);
  }
  return lastThePrepared(order.map((name) => byName.get(name)!));
}

function lastThePrepared(ordered: GraphNode[]): GraphNode[] {
  const prepared = ordered.filter((node) => node.prepare);
  const needed = new Set(prepared.flatMap(dependencies));
  const last = prepared.filter(({name}) => !needed.has(name));
  const late = new Set(last.map(({name}) => name));
  for (const node of ordered) if (dependencies(node).some((name) => late.has(name))) late.add(node.name);
  // Then what reads all events, for its queries take long and so the engine has work while JavaScript computes: first
  // what most others wait for, which is largest.
  const waiting = countWaiting(ordered);
  const long = ordered
    .filter(({inputs}) => inputs.includes("core.events"))
    .sort((a, b) => waiting.get(b.name)! - waiting.get(a.name)!);
  const first = late.size === 0 ? [] : [last, long, ordered];
  const placed = new Set<GraphNode>();
  for (const {name} of first.flat()) {
    for (const node of upstream(ordered, name)) if (!late.has(node.name)) placed.add(node);
  }
  return [...placed, ...ordered.filter((node) => !placed.has(node))];
}

/** How many nodes need each node, themselves included. */
function countWaiting(ordered: GraphNode[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of ordered) {
    for (const {name} of upstream(ordered, node.name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** A node and everything it needs, in the order given. Throws on an unknown name. */
export function upstream(ordered: GraphNode[], name: string): GraphNode[] {
  const byName = new Map(ordered.map((node) => [node.name, node]));
  if (!byName.has(name)) {
    const message = `unknown model "${name}"${suggest(name, byName.keys())}`;
    throw new DefinitionError([{file: "--only", line: 1, path: "", message}]);
  }
  const wanted = new Set<string>();
  const add = (table: string) => {
    const node = byName.get(table);
    if (!node || wanted.has(table)) return;
    wanted.add(table);
    for (const input of dependencies(node)) add(input);
  };
  add(name);
  return ordered.filter((node) => wanted.has(node.name));
}

function lineOf(node: GraphNode, word?: string): number {
  if (!node.sql || !word) return 1;
  const body = node.sql.indexOf("--- */");
  const offset = node.sql.indexOf(word, Math.max(body, 0));
  return node.sql.slice(0, offset < 0 ? Math.max(node.sql.indexOf(word), 0) : offset).split("\n").length;
}
