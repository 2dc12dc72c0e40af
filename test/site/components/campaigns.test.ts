import {expect, test} from "vitest";
import {kpis} from "../../../lib/response/kpis.js";
import {campaignBefore, hoursSince, isKnown, type ArmSummary, type Campaign, type LiftRow} from "../../../src/components/campaigns/campaigns.js"; // prettier-ignore
import {attribution, noComparison, notMailed, warnings} from "../../../src/components/campaigns/words.js";

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
    "Crediting every order within 7 days to the last mail claims $30,312. Against the people held out $16,403 were gained within 14 days (95% interval $10,337 to $22,469): 54% of what the 21,307 people spent."
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
    "The arms are not as large as they were meant to be (chance <0.0001): the assignment or its record is broken, and differences to the holdout would mean nothing, so none are shown.",
    "3 mails went to people held out: the differences are too small.",
    "1 response matched no send: kept, and counted nowhere.",
    "1,200 responses came more than five minutes before the send: kept, and counted nowhere."
  ]);
});

test("warnings() tells of three conversions, and of no more where the split is broken", () => {
  const rate = {...spend, kind: "rate", position: 0, measure_label: "Conversion", n_control: 100, n_treated: 200, events_treated: 2, events_control: 1} as LiftRow; // prettier-ignore
  expect(warnings(campaign, [rate])).toEqual([
    "Only 3 people of 300 did what counts (Conversion, 14 days): whatever the difference, so few can hardly show it."
  ]);
  expect(warnings(campaign, [{...rate, events_treated: 9}])).toEqual([]);
});

test("isKnown(name, campaign) knows no rate of opens where nothing ever came back", () => {
  const known = (responses: number) => kpis.map(({name}) => name).filter((name) => isKnown(name, {responses}));
  expect(known(0)).toEqual(["delivered", "conversion_rate", "revenue_per_mail", "margin_per_mail"]);
  expect(known(1)).toHaveLength(kpis.length);
});

test("noComparison() tells everybody held out from nobody", () => {
  const arm = (name: string, isHoldout: boolean) => ({arm: name, is_holdout: isHoldout}) as ArmSummary;
  expect(noComparison([arm("*", false), arm("mail", false)]).why).toMatch(/^Nobody was held out/);
  expect(noComparison([arm("none", true)]).why).toMatch(/^Everybody was held out/);
});

test("campaignBefore() is the one that was mailed last before this", () => {
  const of = (id: string, day: number | null) => ({campaign_id: id, sent_at: day === null ? null : new Date(2024, 0, day)}) as Campaign; // prettier-ignore
  const all = [of("late", 20), of("held", 9), of("mid", 8), of("early", 1), of("never", null)];
  const summaries = ["late", "mid", "early"].map((id) => ({campaign_id: id, arm: "*", sent: 5}) as ArmSummary);
  expect(campaignBefore(all[0]!, all, summaries)?.campaign.campaign_id).toBe("mid");
  expect(campaignBefore(all[3]!, all, summaries)).toBeUndefined();
});

test("noComparison() and notMailed() tell what has not been sent yet from what has nobody held out", () => {
  expect(noComparison([]).why).toMatch(/^Nobody has been assigned to this campaign yet/);
  const unsent = {...campaign, campaign_id: "spring", assigned: 0} as Campaign;
  expect(notMailed(unsent)).toEqual({
    why: "This campaign has not been sent yet.",
    hint: "Send it with npx tenfold activate AUDIENCE DESTINATION --campaign spring, or land what was sent elsewhere."
  });
  expect(notMailed({...unsent, orphans: 2}).why).toMatch(/only responses that match no send/);
  expect(notMailed({...unsent, assigned: 9}).why).toMatch(/people are assigned to it/);
});

test("hoursSince() counts from the send to the newest event, and cuts nothing where one is not known", () => {
  const sent_at = new Date("2026-03-01T10:00:00Z");
  expect(hoursSince({sent_at}, {newest_event_at: new Date("2026-03-01T13:30:00Z")})).toBe(3.5);
  expect(hoursSince({sent_at: null}, {newest_event_at: sent_at})).toBe(Infinity);
});
