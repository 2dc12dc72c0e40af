import {describe, expect, it} from "vitest";
import type {SequenceCondition} from "../../../lib/rules/event.js";
import {conditionOf, insertStep, moveStep, negateStep, removeStep, replaceStep, stepOf} from "../../../src/components/segments/steps.js"; // prettier-ignore

const sequence: SequenceCondition = {
  sequence: [
    {event: "web.view"},
    {event: "commerce.cart_add", within: "1 hour"},
    {event: "commerce.purchase", within: "1 day"}
  ]
};

describe("edits of a sequence", () => {
  it("moveStep takes the windows from the step that comes first, which has nothing to count from", () => {
    const moved = moveStep(sequence, 2, 0);
    expect(moved.sequence[0]).toEqual({event: "commerce.purchase"});
    expect(moved.sequence.map((step) => "event" in step && step.event)).toEqual([
      "commerce.purchase",
      "web.view",
      "commerce.cart_add"
    ]);
    expect(moveStep(sequence, 0, 3).sequence[2]).toEqual({event: "web.view"});
  });

  it("removeStep leaves nothing of a sequence of one", () => {
    expect(removeStep({sequence: [{event: "web.view"}]}, 0)).toBeUndefined();
    expect(removeStep(sequence, 0)!.sequence[0]).toEqual({event: "commerce.cart_add"});
  });

  it("insertStep and replaceStep name a step as soon as a later one compares with it", () => {
    const where = {field: "properties.sku", is: {step: "step_1", field: "properties.sku"}};
    const compared = replaceStep(sequence, 2, {event: "commerce.purchase", where});
    expect(compared.sequence[0]).toEqual({event: "web.view", as: "step_1"});
    const later = insertStep(compared, 3, {event: "commerce.refund"});
    expect(later.sequence[0]).toEqual({event: "web.view", as: "step_1"});
  });

  it("negateStep keeps filter and window, and is its own opposite", () => {
    const step = {event: "web.view", where: {field: "value", at_least: 1}, within: "2 days"};
    expect(negateStep(step)).toEqual({no_event: "web.view", where: step.where, within: "2 days"});
    expect(negateStep(negateStep(step))).toEqual(step);
  });

  it("stepOf takes what a step can say, and conditionOf gives it back", () => {
    const where = {field: "value", at_least: 1};
    expect(stepOf({event: "web.view", where})).toEqual({event: "web.view", where});
    expect(stepOf({event: "web.view", exists: false})).toEqual({no_event: "web.view"});
    expect(stepOf({event: "web.view", at_least: 2})).toBeUndefined();
    expect(stepOf({event: "web.view", sum: "value", at_least: 2})).toBeUndefined();
    expect(stepOf({event: "web.view", time: {in_last: "30 days"}})).toBeUndefined();
    expect(stepOf({attribute: "tier", is: "Gold"})).toBeUndefined();
    for (const step of [{event: "web.view", where}, {no_event: "web.view"}])
      expect(stepOf(conditionOf(step))).toEqual(step);
  });
});
