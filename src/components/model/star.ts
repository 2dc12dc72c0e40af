/** Where the boxes of a star schema stand: facts in the middle, dimensions around them. */

export interface StarInput {
  name: string;
  role: string;
}

export interface Reference {
  table: string;
  columns: string;
  to_table: string;
  to_columns: string;
}

export interface Box {
  name: string;
  role: "fact" | "dimension";
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  from: string;
  to: string;
  columns: string;
  path: string;
}

export interface Star {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

const boxHeight = 46;
const gap = 22;

/**
 * Lays out a star schema for a width in pixels. Wide: dimensions left and right of the facts; narrow (below 620): facts
 * on the right, dimensions on the left. Within a side dimensions stand in the order of the facts that refer to them, so
 * that lines cross little. The same input gives the same picture.
 */
export function layoutStar(tables: readonly StarInput[], references: readonly Reference[], width: number): Star {
  const facts = tables.filter((table) => table.role === "fact").map((table) => table.name).sort(byName); // prettier-ignore
  const dimensions = tables.filter((table) => table.role === "dimension").map((table) => table.name);
  const links = references.filter((r) => facts.includes(r.table) && dimensions.includes(r.to_table));
  const place = (dimension: string) =>
    mean(links.filter((r) => r.to_table === dimension).map((r) => facts.indexOf(r.table)));
  const weight = (dimension: string) => links.filter((r) => r.to_table === dimension).length;
  const ordered = [...dimensions].sort((a, b) => weight(b) - weight(a) || byName(a, b));
  const isWide = width >= 620;
  const left = isWide ? ordered.filter((_, i) => i % 2 === 0) : ordered;
  const right = isWide ? ordered.filter((_, i) => i % 2 === 1) : [];
  const columns = isWide ? [left, facts, right] : [left, facts];
  const boxWidth = Math.min(230, Math.floor((width - (columns.length - 1) * (isWide ? 60 : 36)) / columns.length));
  const height = Math.max(...columns.map((column) => column.length)) * (boxHeight + gap) - gap + 4;
  const step = columns.length > 1 ? (width - boxWidth - 4) / (columns.length - 1) : 0;
  const boxes = columns.flatMap((names, c) => {
    const sorted = names === facts ? facts : [...names].sort((a, b) => place(a) - place(b) || byName(a, b));
    const top = (height - sorted.length * (boxHeight + gap) + gap) / 2;
    return sorted.map((name, i): Box => ({
      name,
      role: names === facts ? "fact" : "dimension",
      x: Math.round(2 + c * step),
      y: Math.round(top + i * (boxHeight + gap)),
      width: boxWidth,
      height: boxHeight
    }));
  });
  return {boxes, lines: drawLines(boxes, links), width, height};
}

function drawLines(boxes: readonly Box[], links: readonly Reference[]): Line[] {
  const find = (name: string) => boxes.find((box) => box.name === name)!;
  const ends = (name: string, other: (r: Reference) => string, is: (r: Reference) => boolean) =>
    links.filter(is).map((r) => other(r)).sort((a, b) => find(a).y - find(b).y); // prettier-ignore
  return links.map((link) => {
    const [fact, dimension] = [find(link.table), find(link.to_table)];
    const isLeft = dimension.x < fact.x;
    const sameSide = (name: string) => find(name).x < fact.x === isLeft;
    const atFact = ends(link.table, (r) => r.to_table, (r) => r.table === link.table && sameSide(r.to_table)); // prettier-ignore
    const atDimension = ends(link.to_table, (r) => r.table, (r) => r.to_table === link.to_table); // prettier-ignore
    const x1 = isLeft ? fact.x : fact.x + fact.width;
    const x2 = isLeft ? dimension.x + dimension.width : dimension.x;
    const y1 = spread(fact, atFact.indexOf(link.to_table), atFact.length);
    const y2 = spread(dimension, atDimension.indexOf(link.table), atDimension.length);
    const bend = (x2 - x1) / 2;
    const path = `M${x1},${y1}C${round(x1 + bend)},${y1} ${round(x2 - bend)},${y2} ${x2},${y2}`;
    return {from: link.table, to: link.to_table, columns: link.columns, path};
  });
}

/** Where the i-th of n lines meets a box: evenly over its side. */
function spread(box: Box, i: number, n: number): number {
  return round(box.y + (box.height * (i + 1)) / (n + 1));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Infinity : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
