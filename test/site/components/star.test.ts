import fc from "fast-check";
import {expect, test} from "vitest";
import {layoutStar, type Box, type Reference} from "../../../src/components/model/star.js";

const tables = [
  ...["insights.fact_decile", "insights.fact_base_daily", "insights.fact_email_response"].map((name) => ({
    name,
    role: "fact"
  })),
  ...["date", "campaign", "audience", "category", "decile"].map((name) => ({
    name: `insights.dim_${name}`,
    role: "dimension"
  }))
];
const refer = (fact: string, dimension: string): Reference => ({
  table: `insights.fact_${fact}`,
  columns: dimension,
  to_table: `insights.dim_${dimension}`,
  to_columns: dimension
});
const references = [
  refer("decile", "date"),
  refer("decile", "category"),
  refer("decile", "decile"),
  refer("base_daily", "date"),
  refer("base_daily", "category"),
  refer("email_response", "date"),
  refer("email_response", "campaign"),
  refer("email_response", "audience")
];

test("layoutStar(tables, references, width) puts every table into the picture and no two upon each other", () => {
  fc.assert(
    fc.property(fc.integer({min: 300, max: 1400}), (width) => {
      const {boxes, height} = layoutStar(tables, references, width);
      expect(boxes).toHaveLength(tables.length);
      for (const box of boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.y + box.height).toBeLessThanOrEqual(height);
        for (const other of boxes) if (other !== box) expect(overlap(box, other)).toBe(false);
      }
    })
  );
});

test("layoutStar(tables, references, width) stands facts in the middle, dimensions on both sides", () => {
  const {boxes} = layoutStar(tables, references, 1000);
  const center = (box: Box) => box.x + box.width / 2;
  for (const box of boxes) {
    if (box.role === "fact") expect(Math.abs(center(box) - 500)).toBeLessThan(3);
    else expect(Math.abs(center(box) - 500)).toBeGreaterThan(200);
  }
});

test("layoutStar(tables, references, width) draws one line per reference, whatever the order of its input", () => {
  const star = layoutStar(tables, references, 1000);
  expect(star.lines).toHaveLength(references.length);
  expect(layoutStar([...tables].reverse(), references, 1000).boxes).toEqual(expect.arrayContaining(star.boxes));
});

test("layoutStar(tables, references, width) leaves out tables without a role, and references to them", () => {
  const {boxes, lines} = layoutStar([{name: "core.profiles", role: "none"}], references, 800);
  expect(boxes).toEqual([]);
  expect(lines).toEqual([]);
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
