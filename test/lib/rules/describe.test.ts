import fc from "fast-check";
import {parse} from "yaml";
import {describe, expect, it} from "vitest";
import {describeRule} from "../../../lib/rules/describe.js";
import {catalogue} from "../../../lib/rules/field.js";
import {decodeRule, encodeRule} from "../../../lib/rules/link.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {ruleSchema} from "../../../lib/rules/schema.js";
import type {Test} from "../../../lib/rules/subject.js";
import {audienceYaml} from "../../../lib/rules/yaml.js";
import {fields} from "./arbitrary.js";
import {anyRule, eventFields, knownAt} from "./arbitraryHistory.js";

const known = catalogue(
  [...fields, {kind: "attribute", name: "status", column: "status", label: "Vielfliegerstatus", type: "string"}],
  {
    eventTypes: [{name: "commerce.purchase", label: "Purchase"}, {name: "web.view"}],
    eventFields,
    audiences: [{id: "gold-members", name: "Gold & Söhne"}]
  }
);
const says = (rule: Rule) => {
  expect(ruleSchema.safeParse(rule).error?.issues ?? []).toEqual([]);
  return describeRule(rule, {fields: known, currency: "CAD"});
};
const buy = "commerce.purchase";

describe("describeRule(rule, wording), of events", () => {
  it("says how many, of what, when and where", () => {
    expect(says({event: buy})).toBe("Customers who have at least one purchase event.");
    expect(says({event: buy, exists: false})).toBe("Customers who have no purchase events.");
    expect(says({event: [buy, "web.view"], between: [2, 5], time: {in_last: "30 days"}})).toBe(
      "Customers who have between 2 and 5 purchase or web.view events in the last 30 days."
    );
    const where = {all: [{field: "value", more_than: 100}, {any: [{field: "properties.sku", is: "A1"}, {field: "properties.gift", is: true}]}]}; // prettier-ignore
    expect(says({event: buy, at_least: 2, where})).toBe(
      "Customers who have at least 2 purchase events where value is more than 100 CAD and (Article is “A1” or gift is true)."
    );
    expect(says({event: "*", time: {during: "2024-02"}, at_most: 1})).toBe(
      "Customers who have at most one event of any type in 2024-02."
    );
  });

  it("says when, whatever the operator", () => {
    const when = (time: Test) =>
      says({event: buy, time}).replace("Customers who have at least one purchase event ", "");
    expect(when({is: "2024-03-01"})).toBe("on 2024-03-01.");
    expect(when({is_not: "2024-03-01"})).toBe("not on 2024-03-01.");
    expect(when({in: ["2024-03-01", "2024-03-02"]})).toBe("on 2024-03-01 or 2024-03-02.");
    expect(when({not_in: ["2024-03-01", "2024-03-02"]})).toBe("on neither 2024-03-01 nor 2024-03-02.");
    expect(when({before: "2024-03-01"})).toBe("before 2024-03-01.");
    expect(when({on_or_after: "2024-03-01"})).toBe("on or after 2024-03-01.");
    expect(when({not_in_last: "30 days"})).toBe("not in the last 30 days.");
    expect(when({rolling: ["-30 days", "-7 days"]})).toBe("from 30 days ago to 7 days ago.");
    expect(when({around: ["2024-12-24", "3 days"], ignore_year: true})).toBe(
      "within 3 days of 2024-12-24, whatever the year."
    );
    expect(when({during: "last month"})).toBe("last month.");
  });

  it("says what is measured", () => {
    expect(says({event: buy, sum: "value", time: {in_last: "90 days"}, more_than: 100})).toBe(
      "Customers whose sum of value over purchase events in the last 90 days is more than 100 CAD."
    );
    expect(says({event: buy, last: "event_time", not_in_last: "30 days"})).toBe(
      "Customers whose last purchase event does not lie in the last 30 days."
    );
    expect(says({event: buy, distinct: "properties.sku", at_least: 3})).toBe(
      "Customers whose number of different values of Article over purchase events is at least 3."
    );
  });

  it("says sequences in order, their windows, and what must not happen", () => {
    expect(
      says({sequence: [{event: "web.view"}, {no_event: buy, within: "24 hours"}], time: {in_last: "7 days"}})
    ).toBe("Customers who have a web.view event, then for 24 hours no purchase event, all of them in the last 7 days.");
    const sku = {field: "properties.sku", is: {step: "seen", field: "properties.sku"}};
    expect(
      says({
        sequence: [
          {event: "web.view", as: "seen"},
          {no_event: "web.view", where: {field: "source", is: {profile: "tier"}}},
          {event: buy, where: sku, after_at_least: "1 hour", within: "24 hours"}
        ]
      })
    ).toBe(
      "Customers who have a web.view event (“seen”), then no web.view event where source is their tier, " +
        "then 1 hour to 24 hours later a purchase event where Article is the Article of “seen”."
    );
  });

  it("says dates of every kind, other times, categories, lists and audiences", () => {
    expect(says({attribute: "joined", around: ["2026-03-01", "3 days"], ignore_year: true})).toBe(
      "Customers whose joined lies within 3 days of 2026-03-01, whatever the year."
    );
    expect(says({attribute: "seen", rolling: ["-30 days", "0 days"]})).toBe(
      "Customers whose seen lies from 30 days ago to now."
    );
    expect(says({attribute: "tier", not_in_file: "lists/vip.txt"})).toBe(
      "Customers whose tier is not on the list lists/vip.txt."
    );
    expect(says({decile: "spend", lookback: "12 months", category: "gold", at: "3 months ago", is: 1})).toBe(
      "Customers who rank in decile 1 of spend over 12 months within “gold” as of 3 months ago."
    );
    expect(says({audience: "gold-members", membership: "left", within: "30 days"})).toBe(
      "Customers who left “Gold & Söhne” in the last 30 days."
    );
    expect(says({attribute: "status", is: "Senator"})).toBe("Customers whose Vielfliegerstatus is “Senator”.");
  });

  it("says something of every rule, of fields that vanished too", () => {
    for (const rule of fc.sample(anyRule, {numRuns: 500, seed: 61})) {
      const fields = knownAt({asOf: new Date("2024-03-31T04:00:00Z"), timeZone: "UTC"});
      for (const wording of [{fields}, {fields: catalogue([])}]) {
        const text = describeRule(rule, wording);
        expect(text).toMatch(/^(All c|C)ustomers.*\.$/s);
        expect(text).not.toMatch(/undefined|\[object|…/);
      }
    }
  });
});

describe("links and YAML of events, sequences and audiences", () => {
  it("read back what was written", () => {
    for (const rule of fc.sample(anyRule, {numRuns: 500, seed: 67})) {
      const text = encodeRule(rule);
      if (text !== undefined) expect(decodeRule(text)).toEqual(rule);
      expect((parse(audienceYaml({name: "A", rule})) as {rule: Rule}).rule).toEqual(rule);
      expect(ruleSchema.safeParse(rule).error?.issues ?? []).toEqual([]);
    }
  });
});
