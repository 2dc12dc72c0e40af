import fc from "fast-check";
import {parse} from "yaml";
import {describe, expect, it} from "vitest";
import {audienceDefinition} from "../../../lib/definitions/audience.js";
import {ruleHash} from "../../../lib/rules/canonical.js";
import {checkRule} from "../../../lib/rules/check.js";
import {periodRange} from "../../../lib/rules/dates.js";
import {describeRule} from "../../../lib/rules/describe.js";
import {formatPath} from "../../../lib/rules/finding.js";
import {decodeRule, encodeRule} from "../../../lib/rules/link.js";
import type {Operator} from "../../../lib/rules/operators.js";
import type {Rule} from "../../../lib/rules/rule.js";
import {ruleSchema} from "../../../lib/rules/schema.js";
import type {Operand} from "../../../lib/rules/subject.js";
import {audienceYaml} from "../../../lib/rules/yaml.js";
import {yearDays} from "../../../lib/rules/yearless.js";
import {context, known, rule} from "./arbitrary.js";

const spend = {metric: "spend", lookback: "12 months"};
const decile = {decile: "spend", lookback: "12 months"};
const says = (tree: Rule) => describeRule(tree, {fields: known, currency: "CAD"});

describe("describeRule(rule, wording)", () => {
  it("reads a rule aloud in plain English", () => {
    expect(says({all: []})).toBe("All customers.");
    expect(says({attribute: "tier", is: "gold"})).toBe("Customers whose tier is “gold”.");
    expect(
      says({
        all: [
          {attribute: "tier", in: ["gold", "silver"]},
          {...spend, at_least: 1000},
          {
            none: [
              {attribute: "joined", in_last: "30 days"},
              {...decile, inactive: true}
            ]
          }
        ]
      })
    ).toBe(
      "Customers whose tier is “gold” or “silver” and whose spend over 12 months is at least 1,000 CAD, " +
        "except those whose joined lies in the last 30 days or who are inactive in spend over 12 months."
    );
    expect(says({none: [{...decile, at_most: 3}]})).toBe(
      "All customers except those who rank in the best 3 deciles of spend over 12 months."
    );
    expect(
      says({
        any: [
          {
            all: [
              {...decile, in: [1, 2]},
              {attribute: "vip", is: true}
            ]
          },
          {attribute: "age", exists: false}
        ]
      })
    ).toBe(
      "Customers (who rank in decile 1 or 2 of spend over 12 months and whose VIP is true) or whose age is not known."
    );
  });
});

describe("encodeRule(rule) and decodeRule(text)", () => {
  it("read back what they wrote, in letters that links leave alone", () => {
    fc.assert(
      fc.property(rule, fc.string(), (tree, name) => {
        const named = {any: [tree, {all: [], ...(name && {name: name.replace(/[\ud800-\udfff]/g, "")})}]} as Rule;
        const text = encodeRule(tree)!;
        expect(decodeRule(text)).toEqual(tree);
        expect(new URLSearchParams({rule: text}).toString()).toBe(`rule=${text}`);
        if (!name.includes("\0")) expect(ruleHash(decodeRule(encodeRule(named)!)!)).toBe(ruleHash(tree));
      }),
      {numRuns: 500, seed: 29}
    );
  });

  it("are short and can be read", () => {
    expect(
      encodeRule({
        all: [
          {attribute: "tier", in: ["gold", "silver"]},
          {...spend, at_least: 99.5}
        ]
      })
    ).toBe("all-2.a.tier.in-2.gold.silver.m.spend.12m.at_least.99*2e*5");
  });

  it("refuse what is no rule, too long or cut short", () => {
    expect(encodeRule({any: Array.from({length: 1000}, () => ({attribute: "tier", is: "gold"}))})).toBeUndefined();
    for (const text of [
      "",
      "all",
      "all-2.a.tier.is.gold",
      "x.y.z",
      "a.tier.is",
      "a.tier.iss.gold",
      "all-99999",
      "a.__proto__.is.1.2"
    ]) {
      expect(decodeRule(text)).toBeUndefined();
    }
  });
});

describe("audienceYaml(audience)", () => {
  it("reads back as the same audience", () => {
    fc.assert(
      fc.property(rule, fc.string({minLength: 1, maxLength: 20, unit: "grapheme"}), (tree, name) => {
        const text = audienceYaml({name, description: name, rule: {all: [tree], name: "group"}});
        expect(audienceDefinition.parse(parse(text))).toEqual({
          name,
          description: name,
          state: "published",
          rule: {all: [tree], name: "group"}
        });
      }),
      {numRuns: 300, seed: 31}
    );
  });
});

describe("audienceYaml(audience) with settings", () => {
  it("says them all, so that a file that is opened and saved loses nothing", () => {
    const audience = audienceDefinition.parse({
      name: "All of it",
      state: "inactive",
      schedule: "0 6 * * 1",
      seed: "1e3",
      rule: {attribute: "tier", is: "gold"},
      top: {n: 10, by: {metric: "spend", lookback: "12 months"}, ties: "all"},
      split: {holdout: 5, arms: {a: {percent: 40, label: "A: first"}, b: {percent: 60, holdout: true}}},
      review_at: "2027-01-31"
    });
    const {name, description, rule: tree, ...settings} = audience;
    expect(audienceDefinition.parse(parse(audienceYaml({name, description, rule: tree!, settings})))).toEqual(audience);
  });
});

describe("ruleHash(rule)", () => {
  it("does not tell apart spellings, only meanings", () => {
    const hash = (a: unknown) => ruleHash(ruleSchema.parse(a));
    expect(hash({attribute: "joined", is: "2024-1-5"})).toBe(hash({attribute: "joined", is: "2024-01-05"}));
    expect(hash({...spend, is: -0})).toBe(hash({...spend, is: 0}));
    expect(hash({metric: "spend", lookback: "1 months", is: 1})).toBe(
      hash({metric: "spend", lookback: "1 month", is: 1})
    );
    expect(hash({attribute: "tier", in: ["a", "b", "a"]})).toBe(hash({attribute: "tier", in: ["b", "a"]}));
    expect(hash({none: [{attribute: "tier", is: "a"}]})).toBe(hash({attribute: "tier", not_in: ["a"]}));
    expect(hash({attribute: "tier", is: "a"})).not.toBe(hash({attribute: "tier", is: "A"}));
    expect(hash({any: [spendAt(1), spendAt(2)]})).not.toBe(hash({all: [spendAt(1), spendAt(2)]}));
  });
});

describe("ruleSchema", () => {
  const mistakes = (value: unknown) =>
    ruleSchema.safeParse(value).error!.issues.map(({path, message}) => `${formatPath(path as string[])}: ${message}`);

  it("says where a rule is malformed and what would be right", () => {
    expect(mistakes({all: [{attribute: "tier", is: "a", in: ["b"]}]})).toEqual([
      "rule.all[1]: 2 operators (is, in): one per condition"
    ]);
    expect(mistakes({al: []})[0]).toContain('did you mean "all"?');
    expect(mistakes({all: [{metric: "spend", at_least: 1}]})[0]).toBe(
      'rule.all[1].lookback: missing: "12 months", "90 days" or "lifetime"'
    );
    expect(mistakes({any: "tier"})[0]).toBe("rule.any: a list of rules");
    expect(mistakes({attribute: "tier", is: {sql: "1"}})[0]).toBe("rule.is: a text, a number, or true or false");
    expect(mistakes("tier = gold")[0]).toContain('not a rule: "tier = gold"');
    expect(mistakes({attribute: "tier", is: "a\0b"})[0]).toContain("NUL");
    let deep: unknown = {attribute: "tier", is: "a"};
    for (let i = 0; i < 60; ++i) deep = {all: [deep]};
    expect(mistakes(deep)[0]).toContain("nested more than 50 deep");
  });
});

describe("checkRule(rule, fields, context)", () => {
  const finds = (tree: Rule) =>
    checkRule(tree, known, context).map(({severity, path, message}) => `${severity} ${formatPath(path)}: ${message}`);

  it("finds unknown fields, wrong types and impossible ranges", () => {
    expect(finds({attribute: "teir", is: "a"})).toEqual(['error rule: unknown attribute "teir": did you mean "tier"?']);
    expect(finds({attribute: "spend", is: 1})).toEqual(['error rule: unknown attribute "spend": it is a metric']);
    expect(finds({...spend, between: [5, 1]})).toEqual([
      "error rule.between: Spend: nothing lies between 5 and 1: the lower first"
    ]);
    expect(finds({...decile, in: [11]})).toEqual([
      "error rule.in: Spend: not a decile: 11: 1 (best) to 10, or inactive"
    ]);
    expect(finds({attribute: "joined", before: "2023-02-29"})).toEqual([
      'error rule.before: Joined: not a date: "2023-02-29": YYYY-MM-DD'
    ]);
    expect(finds({attribute: "joined", during: "this moth"})[0]).toContain('did you mean "this month"?');
    expect(finds({attribute: "vip", contains: "t"})[0]).toContain('"contains" does not fit VIP (true or false)');
    expect(finds({attribute: "tier", in: []})[0]).toContain("an empty list");
  });

  it("warns of containers that say nothing", () => {
    expect(finds({all: []})).toEqual(["warning rule: no condition: everybody is in"]);
    expect(finds({all: [{attribute: "tier", is: "a"}, {none: []}]})).toEqual([
      'warning rule.all[2]: empty container: "none" of nothing says nothing'
    ]);
  });
});

describe("periodRange(text, context)", () => {
  it("is calendar periods around the last day that the numbers describe", () => {
    expect(periodRange("this month", context)).toEqual({from: "2024-03-01", to: "2024-04-01"});
    expect(periodRange("last month", context)).toEqual({from: "2024-02-01", to: "2024-03-01"});
    expect(periodRange("this week", context)).toEqual({from: "2024-03-25", to: "2024-04-01"});
    expect(periodRange("2024-02", context)).toEqual({from: "2024-02-01", to: "2024-03-01"});
    expect(periodRange("2024-13", context)).toBeUndefined();
  });
});

describe("yearDays(operator, operand, context)", () => {
  const days = (operator: Operator, operand: Operand) => yearDays(operator, operand, context);

  it("is the days whose anniversaries lie in the range, 29 February on the 28th of years without one", () => {
    expect(days("is", "2023-02-28")).toEqual([[228, 229]]);
    expect(days("is", "2024-02-28")).toEqual([[228, 228]]);
    expect(days("is", "2024-02-29")).toEqual([[229, 229]]);
    expect(days("between", ["2023-02-20", "2023-03-01"])).toEqual([[220, 301]]);
    expect(days("between", ["2023-12-20", "2024-01-06"])).toEqual([[1220, 1231], [101, 106]]); // prettier-ignore
    expect(days("in_next", "1 week")).toEqual([[331, 406]]);
    expect(days("during", "2023-02")).toEqual([[201, 229]]);
    expect(days("around", ["2025-03-01", "1 day"])).toEqual([[228, 302]]);
  });

  it("reaches to the ends of the year before and after a date, and is every day of a whole year", () => {
    expect(days("before", "2024-03-01")).toEqual([[101, 229]]);
    expect(days("before", "2024-01-01")).toEqual([]);
    expect(days("after", "2024-12-31")).toEqual([]);
    expect(days("on_or_after", "2024-12-31")).toEqual([[1231, 1231]]);
    expect(days("in_last", "13 months")).toBeUndefined();
  });
});

function spendAt(value: number): Rule {
  return {...spend, at_least: value};
}
