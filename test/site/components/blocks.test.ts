import {describe, expect, it} from "vitest";
import {fieldBlocks, searchBlocks} from "../../../src/components/segments/blocks.js";
import type {ProfileField} from "../../../src/components/segments/fields.js";

function field(name: string, more: Partial<ProfileField> = {}): ProfileField {
  const label = name[0]!.toUpperCase() + name.slice(1);
  const spread = {shareFilled: 1, distinct: 3, top: [], quantiles: []};
  return {kind: "attribute", name, column: name, label, type: "string", description: "", ...spread, ...more};
}

const metric = (lookback: string) => field("spend", {kind: "metric", type: "number", lookback, column: `s${lookback}`});

describe("fieldBlocks(fields)", () => {
  it("makes one block of a metric, over 12 months where there are", () => {
    const blocks = fieldBlocks([metric("3 months"), metric("12 months"), metric("lifetime")]);
    expect(blocks.map(({title}) => title)).toEqual(["Spend"]);
    expect(blocks[0]!.make()).toMatchObject({metric: "spend", lookback: "12 months"});
    expect(fieldBlocks([metric("3 months"), metric("lifetime")])[0]!.make()).toMatchObject({lookback: "lifetime"});
  });

  it("offers a field that is not published, and says so instead of its values", () => {
    const [block] = fieldBlocks([field("email", {published: false, shareFilled: 0})]);
    expect(block!.facts).toBe("not published");
    expect(block!.field).toBeUndefined();
    expect(block!.unpublished).toContain("counted by the command");
  });
});

describe("searchBlocks(blocks, search)", () => {
  const many = Array.from({length: 200}, (_, i) =>
    field(`field ${i}`, {description: i === 7 ? "home of the cat" : ""})
  );
  const blocks = fieldBlocks([...many, field("tier"), field("frontier")]);

  it("finds each word anywhere, titles that begin with it first", () => {
    expect(searchBlocks(blocks, "tier").map(({title}) => title)).toEqual(["Tier", "Frontier"]);
    expect(searchBlocks(blocks, "CAT home").map(({title}) => title)).toEqual(["Field 7"]);
    expect(searchBlocks(blocks, "nothing of the kind")).toEqual([]);
    expect(searchBlocks(blocks, "")).toHaveLength(202);
  });
});
