import {expect, test} from "vitest";
import type {ArmSummary, Campaign, LiftRow} from "../../../src/components/campaigns/campaigns.js";
import {attribution, warnings} from "../../../src/components/campaigns/words.js";

const campaign = {conversion_days: 7, orphans: 0, before_send: 0, sent_to_holdout: 0} as Campaign;
const all = {arm: "*", revenue: 30_311.69} as ArmSummary;
const spend = {
  arm: "*",
  arm_position: 0,
  kind: "mean",
  window_days: 14,
  is_complete: true,
  is_sample_ratio_ok: true,
  sample_ratio_p: 0.9,
  n_treated: 21_307,
  lower: 0.4851,
  upper: 1.0545,
  total: 16_402.71,
  total_lower: 10_337,
  total_upper: 22_469,
  sum_treated: 30_311.69
} as LiftRow;

test("attribution() sets what the last mail claims beside what the holdout shows", () => {
  expect(attribution([all], [spend], campaign, "USD")).toBe(
    "Crediting every order within 7 days to the last mail claims $30,312. Against the people held out $16,403 were gained within 14 days (95 % interval $10,337 to $22,469): 54% of what the 21,307 people spent."
  );
  const nothing = {...spend, lower: -0.1, total_lower: -2130.7} as LiftRow;
  expect(attribution([all], [nothing], campaign, "USD")).toContain("no clear gain shows within 14 days");
});

test("attribution() says nothing without a holdout, or while the window is open", () => {
  expect(attribution([all], [], campaign, "USD")).toBeUndefined();
  expect(attribution([all], [{...spend, is_complete: false} as LiftRow], campaign, "USD")).toBeUndefined();
});

test("warnings() names what a reader must know, and nothing otherwise", () => {
  expect(warnings(campaign, [spend])).toEqual([]);
  const broken = {...spend, is_sample_ratio_ok: false, sample_ratio_p: 2.3e-9} as LiftRow;
  const troubled = {...campaign, orphans: 1, before_send: 1200, sent_to_holdout: 3} as Campaign;
  expect(warnings(troubled, [broken])).toEqual([
    "The arms are not as large as they were meant to be (chance 2.3e-9): the assignment or its record is broken, and differences to the holdout would mean nothing, so none are shown.",
    "3 mails went to people held out: the differences are too small.",
    "1 response matched no send: kept, and counted nowhere.",
    "1,200 responses came more than five minutes before the send: kept, and counted nowhere."
  ]);
});
