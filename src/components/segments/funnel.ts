import type {Place} from "../../lib/rules/edit.js";
import {childrenOf, containerKind, isSequence, type Rule} from "../../lib/rules/rule.js";
import {formatCount, formatPercent} from "../format.js";
import {keyOf} from "./builder.js";

/** How many a node holds for by itself, and what is left after it in an outermost “all”. */
export interface NodeCount {
  alone: number;
  left?: number;
  /** Of a sequence: how many come as far as a step, by the step's number. */
  reached?: Map<number, number>;
}

/** Writes each node's counts beside it, and remembers them, so that a node that moves keeps its figures. */
export class Funnel {
  private readonly known = new WeakMap<Rule, NodeCount>();

  constructor(
    private readonly canvas: HTMLElement,
    private readonly everybody: () => number
  ) {}

  /** Takes over the counts of the parts by their names (`partsAlone`), and of what is left, `left0`, …. */
  take(rule: Rule, counts: Record<string, number>): void {
    const isChain = containerKind(rule) === "all";
    let i = 0;
    const visit = (node: Rule, place: Place) => {
      const left = isChain && place.length === 1 ? counts[`left${place[0]}`] : undefined;
      const name = `n${i++}`;
      const alone = counts[name];
      const reached =
        isSequence(node) &&
        new Map(
          node.sequence.flatMap((_, j) => (counts[`${name}s${j}`] === undefined ? [] : [[j, counts[`${name}s${j}`]!]]))
        );
      if (alone !== undefined)
        this.known.set(node, {alone, ...(left !== undefined && {left}), ...(reached && {reached})});
      childrenOf(node).forEach((child, j) => visit(child, [...place, j]));
    };
    visit(rule, []);
    this.show(rule);
  }

  /** Writes what is known of a rule's nodes. */
  show(rule: Rule): void {
    const visit = (node: Rule, place: Place) => {
      this.write(keyOf(place), this.known.get(node), place);
      childrenOf(node).forEach((child, j) => visit(child, [...place, j]));
    };
    visit(rule, []);
  }

  private write(key: string, count: NodeCount | undefined, place: Place) {
    for (const text of this.canvas.querySelectorAll<HTMLElement>(`[data-reached^="${key}:"]`)) {
      const reached = count?.reached?.get(Number(text.dataset.reached!.slice(key.length + 1)));
      text.textContent = reached === undefined ? "" : `${formatCount(reached)} so far`;
    }
    const text = this.canvas.querySelector<HTMLElement>(`[data-count="${key}"]`);
    if (!text) return;
    const isStep = count?.left !== undefined && place[0]! > 0;
    text.textContent = !count
      ? ""
      : isStep
        ? `${formatCount(count.alone)} → ${formatCount(count.left)} left`
        : formatCount(count.alone);
    text.title = count ? describe(count, isStep, this.everybody()) : "";
    const bar = this.canvas.querySelector<HTMLElement>(`[data-bar="${key}"]`);
    if (!bar) return;
    const share = (part: number | undefined) => `${(100 * (part ?? 0)) / Math.max(1, this.everybody())}%`;
    (bar.children[0] as HTMLElement).style.width = share(count?.alone);
    (bar.children[1] as HTMLElement).style.width = share(count?.left ?? (place.length === 1 ? count?.alone : 0));
  }
}

function describe({alone, left}: NodeCount, isStep: boolean, everybody: number): string {
  const share = formatPercent(everybody > 0 ? alone / everybody : 0);
  const text = `${formatCount(alone)} customers (${share}) by this alone`;
  return isStep ? `${text}, ${formatCount(left)} left after it and those above` : text;
}
