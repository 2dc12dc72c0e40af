import {describe, expect, it} from "vitest";
import type {Rule} from "../../../lib/rules/rule.js";
import {catalogue} from "../../../lib/rules/field.js";
import type {Summary} from "../../../lib/rules/tally.js";
import type {Companion, WarehouseCount} from "../../../src/components/companion.js";
import {counter} from "../../../src/components/segments/counter.js";
import type {LiveCounts} from "../../../src/components/segments/live.js";
import {SegmentStore} from "../../../src/components/segments/store.js";

describe("counter", () => {
  it("shows everybody before what the warehouse counted of them, asking once for each measure", async () => {
    const asked: Rule[] = [];
    const log: string[] = [];
    const store = new SegmentStore({all: [{attribute: "tier", is: "gold"}]}, {metric: "spend", lookback: "lifetime"});
    const companion = {
      count(rule: Rule): Promise<Partial<WarehouseCount>> {
        asked.push(rule);
        const profiles = asked.length === 1 ? 50 : 7;
        return Promise.resolve({funnel: {}, splits: [{category: "(none)", decile: 1, profiles, value: 2 * profiles}]});
      }
    } as unknown as Companion;
    const shown = new Promise<void>((resolve) => {
      const counts = counter(
        store,
        {} as LiveCounts,
        countOptions,
        {companion, needs: () => true},
        {
          ...silent,
          base: ({profiles, value}: Summary) => log.push(`everybody ${profiles} ${value}`),
          summary(summary, isExact) {
            log.push(`counted ${summary.profiles} ${isExact ? "exactly" : "by a sample"}`);
            if (log.length === 2) store.set([0], {attribute: "tier", is: "silver"}, "value");
            else resolve();
          }
        }
      );
      counts.start();
    });
    await shown;
    expect(log).toEqual(["everybody 50 100", "counted 7 exactly", "counted 7 exactly"]);
    expect(asked[0]).toEqual({all: []});
  });
});

const countOptions = () => ({
  asOf: new Date("2026-01-01"),
  timeZone: "UTC",
  fields: catalogue([
    {kind: "attribute", name: "tier", column: "tier", label: "Tier", type: "string", published: false}
  ]),
  table: "profiles",
  measure: {metric: "spend", lookback: "lifetime"}
});

const silent = {
  findings() {},
  funnel() {},
  beside: () => [],
  counted() {},
  examples() {},
  state() {},
  leftToWarehouse() {},
  uncounted() {}
};
