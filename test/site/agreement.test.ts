import {writeFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {describe, expect, inject, it} from "vitest";
import {checkRule} from "../../lib/rules/check.js";
import {catalogue} from "../../lib/rules/field.js";
import {encodeRule} from "../../lib/rules/link.js";
import {containerKind, leafKinds, type Rule} from "../../lib/rules/rule.js";
import {audienceCommand} from "../../loaders/commands/audience.js";
import type {Call} from "../../loaders/commands/command.js";
import {readWorkspace} from "../../loaders/workspace.js";
import {rows} from "../../src/components/data.js";
import {audienceFile} from "../../src/components/segments/audienceFile.js";
import {events, type EventRow} from "../../src/components/segments/events.js";
import {profileFields, type FieldRow} from "../../src/components/segments/fields.js";
import type {AudienceRow} from "../../src/components/segments/SavedAudiences.js";
import {isUnpublished} from "../../src/components/segments/unpublished.js";
import {publishedTable} from "../published.js";
import {countableRules} from "./countableRules.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

describe("the Segments page and the command", () => {
  it("agree on a hundred rules of every kind, on how many and on their value to the cent", async () => {
    const rules = hundredRules();
    const said = new Set(rules.flatMap(words));
    expect([...leafKinds, ...expected].filter((word) => !said.has(word))).toEqual([]);

    const [shown, told] = await Promise.all([askPage(rules), askCommand(rules)]);
    expect(shown.errors).toEqual([]);
    const all = rules.map((rule, i) => ({rule, ...shown.counts[i]!}));
    expect(all).toEqual(rules.map((rule, i) => ({rule, ...told[i]!})));
    // That they agree says something only where most rules take in some and leave out some.
    const [everybody] = await askCommand([{all: []}]);
    const telling = told.filter(({count}) => count > 0 && count < everybody!.count);
    expect(telling.length).toBeGreaterThan(60);
    expect(new Set(telling.map(({count}) => count)).size).toBeGreaterThan(40);
  });
});

/** What stands in some of the rules, beside conditions of every kind. */
const expected = ["all", "any", "none", "where", "time", "sum", "average", "min", "max", "distinct", "first", "last",
  "no_event", "within", "after_at_least", "step", "profile", "ignore_year", "in_last", "during", "rolling", "around", "between", "not_in", "contains", "exists", "inactive"]; // prettier-ignore

interface Count {
  count: number;
  value: string;
}

/** Rules that the site can count, the same ones every time: sound, short enough for a link, all different. */
function hundredRules(): Rule[] {
  const {data} = site;
  const {time_zone: timeZone, warehouse} = readWorkspace({data});
  const table = <T>(name: string) => rows<T>(publishedTable(warehouse, name));
  const fields = profileFields(table<FieldRow>("segments_fields"));
  const happened = events(table<EventRow>("segments_events"), table<AudienceRow>("audiences"));
  const known = catalogue(fields, happened.surroundings);
  const asOf = table<{as_of: Date}>("meta")[0]!.as_of;
  const drawn = fc.sample(countableRules({known, fields, happened}), {numRuns: 400, seed: 89});
  const sound = drawn.filter((rule) => {
    const errors = checkRule(rule, known, {asOf, timeZone}).filter(({severity}) => severity === "error");
    return errors.length === 0 && !isUnpublished(rule, known) && linkOf(rule) !== undefined;
  });
  return [...new Map(sound.map((rule) => [JSON.stringify(rule), rule])).values()].slice(0, 100);
}

/** The keys of a rule, however deep. */
function words(rule: unknown): string[] {
  if (typeof rule !== "object" || rule === null) return [];
  const keys = Array.isArray(rule) ? [] : Object.keys(rule);
  return [...keys, ...Object.values(rule).flatMap(words)];
}

function linkOf(rule: Rule): string | undefined {
  return encodeRule(containerKind(rule) ? rule : {all: [rule]});
}

/** What the page shows for each rule's link: the links are followed as by the browser's back and forward buttons. */
async function askPage(rules: Rule[]): Promise<{counts: Count[]; errors: string[]}> {
  const {page, errors, close} = await site.open("/segments.html?rule=all-1.a.tier.exists.true");
  await page.waitForFunction(() => document.querySelector<HTMLDataElement>("data.number-value")?.value);
  const counts = await page.evaluate(
    async (links) => {
      const [count, value] = document.querySelectorAll<HTMLDataElement>("data.number-value");
      const results = document.querySelector(".results")!;
      const found: Count[] = [];
      for (const link of links) {
        history.pushState(null, "", `?rule=${link}`);
        dispatchEvent(new PopStateEvent("popstate"));
        while (results.classList.contains("is-waiting")) await new Promise(requestAnimationFrame);
        const state = results.querySelector(".bad")?.textContent;
        if (state) throw new Error(`${link}: ${state}`);
        found.push({count: Number(count!.value), value: Number(value!.value).toFixed(2)});
      }
      return found;
    },
    rules.map((rule) => linkOf(rule)!)
  );
  await close();
  return {counts, errors};
}

/** What `tenfold audience preview FILE --json` prints for each rule's file. */
async function askCommand(rules: Rule[]): Promise<Count[]> {
  const file = join(inject("sharedFolder"), "agreement.yaml");
  const counts: Count[] = [];
  for (const rule of rules) {
    writeFileSync(file, await audienceFile({name: "Agreement"}, rule));
    const printed: string[] = [];
    const call = {
      positionals: ["preview", file],
      text: (option: string) => (option === "data" ? site.data : undefined),
      flag: () => false,
      json: true,
      print: async (text: string) => void printed.push(text)
    } as unknown as Call;
    await audienceCommand.run(call);
    const {count, value} = JSON.parse(printed.join("")) as {count: number; value: number};
    counts.push({count, value: value.toFixed(2)});
  }
  return counts;
}
