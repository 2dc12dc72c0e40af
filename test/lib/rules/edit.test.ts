import {describe, expect, it} from "vitest";
import {
  duplicateAt,
  insertAt,
  moveTo,
  negateAt,
  nodeAt,
  replaceAt,
  stepAt,
  unwrapAt,
  wrapAt
} from "../../../lib/rules/edit.js";
import {nodesOf} from "../../../lib/rules/funnel.js";
import {ruleHash} from "../../../lib/rules/canonical.js";
import type {Rule} from "../../../lib/rules/rule.js";

const is = (value: string): Rule => ({attribute: "tier", is: value});
const tree: Rule = {all: [is("a"), {any: [is("b"), is("c")], name: "either"}, is("d")]};
const letters = (rule: Rule) =>
  nodesOf(rule)
    .flatMap((node) => ("is" in node ? [node.is] : []))
    .join("");

describe("edits of a rule", () => {
  it("nodeAt, replaceAt and insertAt address nodes by their place", () => {
    expect(nodeAt(tree, [1, 0])).toEqual(is("b"));
    expect(letters(replaceAt(tree, [1, 0], is("x")))).toBe("axcd");
    expect(letters(replaceAt(tree, [1], undefined))).toBe("ad");
    expect(letters(insertAt(tree, [1, 2], is("x")))).toBe("abcxd");
    expect(insertAt(is("a"), [1], is("b"))).toEqual({all: [is("a"), is("b")]});
    expect(letters(duplicateAt(tree, [1]))).toBe("abcbcd");
  });

  it("wrapAt and unwrapAt undo each other", () => {
    expect(unwrapAt(wrapAt(tree, [0], "any"), [0])).toEqual(tree);
    expect(letters(unwrapAt(tree, [1]))).toBe("abcd");
  });

  it("negateAt twice means the same", () => {
    for (const place of [[0], [1], [1, 1], []]) {
      expect(ruleHash(negateAt(negateAt(tree, place), place))).toBe(ruleHash(tree));
    }
    expect(negateAt(tree, [1])).toMatchObject({all: [is("a"), {none: [is("b"), is("c")], name: "either"}, is("d")]});
    expect(negateAt(is("a"), [])).toEqual({attribute: "tier", is_not: "a"});
  });

  it("stepAt walks a node through the whole tree, into containers and out again", () => {
    let state: ReturnType<typeof stepAt> = {rule: tree, place: [0]};
    const seen = [];
    for (let i = 0; i < 5; ++i) {
      state = stepAt(state.rule, state.place, 1);
      expect(nodeAt(state.rule, state.place)).toEqual(is("a"));
      seen.push(`${letters(state.rule)} ${state.place}`);
    }
    expect(seen).toEqual(["abcd 0,0", "bacd 0,1", "bcad 0,2", "bcad 1", "bcda 2"]);
    for (let i = 0; i < 5; ++i) state = stepAt(state.rule, state.place, -1);
    expect(state.rule).toEqual(tree);
  });

  it("moveTo puts a node anywhere but into itself", () => {
    expect(letters(moveTo(tree, [0], [1, 1])!.rule)).toBe("bacd");
    expect(letters(moveTo(tree, [1, 1], [0])!.rule)).toBe("cabd");
    expect(letters(moveTo(tree, [0], [3])!.rule)).toBe("bcda");
    expect(moveTo(tree, [1], [1, 0])).toBeUndefined();
    const {rule, place} = moveTo(tree, [0], [1, 1])!;
    expect(nodeAt(rule, place)).toEqual(is("a"));
  });
});
