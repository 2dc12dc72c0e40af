import {expect, test} from "vitest";
import {parse} from "yaml";
import {destinationDefinition} from "../../../lib/definitions/destination.js";
import {campaignDefinition} from "../../../lib/definitions/campaign.js";
import {detectable, power} from "../../../lib/stats/power.js";
import {withCounts, type DeliveryRow, type DestinationRow, type OutcomeRow} from "../../../src/components/activation/activation.js"; // prettier-ignore
import {commandOf, draftFiles, missingOf, readFields, type Draft} from "../../../src/components/activation/draft.js";
import {kinds} from "../../../src/components/activation/kinds.js";
import {moneySentences, powerCurve, powerSentences, powerText} from "../../../src/components/activation/power.js";
import {shareHeldOut, withHeldOut} from "../../../src/components/activation/shares.js";
import {nextRuns, runsOf} from "../../../src/components/activation/runs.js";
import {failureName, healthOf, reasonList} from "../../../src/components/activation/words.js";

const rate = {audience_id: "a", campaign_id: "", events: "commerce.purchase", window_days: 7, profiles: 20_000, converted: 800, spent: 800, mean: 4, deviation: 30}; // prettier-ignore
const file = `# Kept.
name: Files
description: >-
  Two lines
  of it.
kind: folder
path: out # here
fields: {id: id}
`;
const draft = (more: Partial<Draft> = {}): Draft => ({audience: "rising", destination: {id: "files", text: file, version: "v1"}, ...more}); // prettier-ignore
const monday = {schedule: "0 6 * * 1", until: "", catchUp: "once"};

test("draftFiles(draft) adds a delivery to a destination's file and keeps every byte of the rest", async () => {
  const [one, ...others] = await draftFiles(draft({campaign: {id: "spring"}, when: {...monday, until: "2026-12-31", catchUp: "skip"}})); // prettier-ignore
  expect(others).toEqual([]);
  expect(one).toMatchObject({kind: "destinations", id: "files", version: "v1"});
  expect(one!.text.startsWith(file)).toBe(true);
  const delivery = {audience: "rising", campaign: "spring", schedule: "0 6 * * 1", until: "2026-12-31", catch_up: "skip"}; // prettier-ignore
  expect(destinationDefinition.parse(parse(one!.text)).deliveries).toEqual([delivery]);
});

test("draftFiles(draft) changes the delivery that there is of the same audience and campaign, and adds others", async () => {
  const text = (await draftFiles(draft({when: monday})))[0]!.text;
  const of = async (more: Partial<Draft>) => {
    const [made] = await draftFiles(draft({...more, destination: {id: "files", text}}));
    return made && destinationDefinition.parse(parse(made.text)).deliveries.map(({audience, schedule}) => `${audience} ${schedule}`); // prettier-ignore
  };
  expect(await of({when: monday})).toBeUndefined();
  expect(await of({when: {...monday, schedule: "0 7 * * *"}})).toEqual(["rising 0 7 * * *"]);
  expect(await of({audience: "other", when: monday})).toEqual(["rising 0 6 * * 1", "other 0 6 * * 1"]);
});

test("draftFiles(draft) writes nothing where nothing is asked, and a changed mapping with the comments beside it", async () => {
  expect(await draftFiles(draft())).toEqual([]);
  expect(await draftFiles(draft({fields: readFields({id: "id"})}))).toEqual([]);
  const fields = [{name: "id", from: "id", required: true}, {name: "tier", from: "upper(tier)", required: false}]; // prettier-ignore
  const [made] = await draftFiles(draft({fields}));
  expect(made!.text).toContain("# Kept.");
  expect(made!.text).toContain("path: out # here");
  expect(readFields((parse(made!.text) as {fields: object}).fields)).toEqual(fields);
  await expect(draftFiles(draft({destination: {id: "files", text: "name: [", version: "1"}, fields}))).rejects.toThrow("not YAML"); // prettier-ignore
});

test("draftFiles(draft) gives what is to be added where the file cannot be read", async () => {
  const [part] = await draftFiles(draft({destination: {id: "files"}, when: monday}));
  expect([part!.isPart, parse(part!.text)]).toEqual([true, {deliveries: [{audience: "rising", schedule: "0 6 * * 1"}]}]); // prettier-ignore
});

test("draftFiles(draft) writes a new campaign whose shares hold out what was asked, before its destination", async () => {
  for (const [heldOut, shares] of [[0.2, [80, 20]], [0.5, [50, 50]], [0, [100]]] as const) {
    const made = {name: "Spring: a start", heldOut, windowDays: 14};
    const [campaign] = await draftFiles(draft({campaign: {id: "spring", made}, when: monday}));
    const parsed = campaignDefinition.parse(parse(campaign!.text));
    expect(campaign!.kind).toBe("campaigns");
    expect(Object.values(parsed.arms!).map(({share}) => share)).toEqual(shares);
    expect([parsed.name, parsed.audience, parsed.conversion.window_days]).toEqual(["Spring: a start", "rising", 14]);
  } // prettier-ignore
});

test.each(kinds.map(({kind}) => kind))(
  "draftFiles(draft) writes a new destination of kind %s as its schema wants it",
  async (kind) => {
    const samples: Record<string, string> = {
    host_key: `SHA256:${"a".repeat(43)}`, bucket: "acme-exports", from: "News <news@example.com>", text: "Dear {{email}},\n\nhello: #1\n",
    "unsubscribe.url": "https://example.com/out", url: "https://example.com/hook", list: "17"
  }; // prettier-ignore
    if (kind === "sendgrid") samples.list = "7b1c6d2e-9a3f-4f0e-8d2a-0c9b8a7f6e5d";
    const {settings, fields} = kinds.find((one) => one.kind === kind)!;
    const given = Object.fromEntries(settings.map(({key, initial}) => [key, samples[key] ?? initial ?? "x"]));
    const destination = {id: "new", made: {name: "New: one", kind, settings: given, consent: "newsletter"}};
    const [made] = await draftFiles(draft({destination, fields, when: monday}));
    const parsed = destinationDefinition.parse(parse(made!.text));
    expect(parsed).toMatchObject({name: "New: one", kind, consent: "newsletter", deliveries: [{audience: "rising"}]});
    expect(readFields(parsed.fields)).toEqual(fields);
    expect(missingOf(draft({destination, fields, campaign: {id: "c"}}), kind)).toEqual([]);
    const bare = {...destination, made: {...destination.made, settings: {}}};
    const needed = settings.filter(({isOptional}) => !isOptional).length;
    expect(missingOf(draft({destination: bare, fields, campaign: {id: "c"}}), kind)).toHaveLength(needed);
  }
);

test("missingOf(draft) asks for what is not chosen, and for a mail's campaign", () => {
  expect(missingOf({audience: "", destination: {id: ""}}, undefined)).toEqual(["Choose an audience.", "Choose a destination."]); // prettier-ignore
  expect(missingOf(draft(), "smtp")).toEqual(["A mail belongs to a campaign: choose one."]);
  expect(missingOf(draft({fields: []}), "folder")).toEqual(["At least one field has to leave."]);
  expect(missingOf(draft({campaign: {id: ""}}), "folder")).toEqual(["Name the campaign."]);
});

test("commandOf(draft) is what sends it, or tries it", () => {
  expect(commandOf(draft({campaign: {id: "spring"}}), true)).toBe("npx tenfold activate rising files --campaign spring --dry-run"); // prettier-ignore
});

test("powerSentences(rate) say base, smallest lift and the holdout needed", () => {
  const [base, sees, need] = powerSentences(rate, {heldOut: 0.2, rise: 0.01});
  expect(base).toMatch(/^Of 20,000 members 800 \(4%\) bought something in the 7 days/);
  const least = detectable({kind: "rate", base: 0.04}, 16_000, 4000);
  expect(sees).toContain(`4,000 people, a lift of ${(least * 100).toFixed(2).replace(/0$/, "")} points or more`);
  const held = Number(/you need ([\d,]+) held out of 20,000/.exec(need!)![1]!.replace(",", ""));
  expect(power({kind: "rate", base: 0.04}, 0.01, 20_000 - held, held)).toBeGreaterThanOrEqual(0.8);
  expect(power({kind: "rate", base: 0.04}, 0.01, 20_001 - held, held - 1)).toBeLessThan(0.8);
});

test("powerSentences(rate) of a small audience say how many people it takes, and of none held out that nothing can be told", () => {
  const small = {...rate, profiles: 100, converted: 4};
  const [, none, more] = powerSentences(small, {heldOut: 0, rise: 0.01});
  expect(none).toMatch(/^Nobody is held out/);
  const [half, people] = /; ([\d,]+) held out of ([\d,]+) would be/.exec(more!)!.slice(1).map((text) => Number(text.replaceAll(",", ""))); // prettier-ignore
  expect(people).toBe(2 * half!);
  expect(power({kind: "rate", base: 0.04}, 0.01, half!, half!)).toBeGreaterThanOrEqual(0.8);
  expect(power({kind: "rate", base: 0.04}, 0.01, half! - 1, half! - 1)).toBeLessThan(0.8);
  expect(powerSentences({...rate, converted: 20_000}, {heldOut: 0.2, rise: 0.01}).at(-1)).toMatch(/cannot be/);
  expect(powerSentences({...rate, converted: 0}, {heldOut: 0.2, rise: 0.01})[1]).toMatch(/a lift of/);
});

test("powerText(power) sees no gain where nobody spent anything", () => {
  const power = {treated: 80, heldOut: 20, base: 0, windowDays: 7, detectable: 0.05, neededForOnePoint: null};
  expect(powerText({...power, money: {mean: 2, deviation: 4, detectable: 3}})).toContain(
    "They spent 2 per head (standard deviation 4): a gain of 3 per head or more can be seen."
  );
  expect(powerText({...power, money: {mean: 0, deviation: 0, detectable: 0}})).toContain(
    "None of them spent anything in that time: what gain can be seen cannot be told."
  );
});

test("moneySentences(rate) say mean, deviation, the smallest gain and the holdout needed", () => {
  const [spent, sees, need] = moneySentences(rate, {heldOut: 0.2, gain: 2, currency: "EUR"});
  expect(spent).toBe(
    "They spent €4.00 per head in those 7 days, whoever spent nothing included (standard deviation €30.00)."
  );
  // 2.8016 standard errors: 80% power at 5%.
  expect(sees).toContain(`a gain of €${(2.8016 * 30 * Math.sqrt(1 / 16_000 + 1 / 4000)).toFixed(2)} per head`);
  const held = Number(/you need ([\d,]+) held out of 20,000/.exec(need!)![1]!.replace(",", ""));
  expect(power({kind: "mean", deviation: 30}, 2, 20_000 - held, held)).toBeGreaterThanOrEqual(0.8);
  expect(power({kind: "mean", deviation: 30}, 2, 20_001 - held, held - 1)).toBeLessThan(0.8);
  expect(moneySentences(rate, {heldOut: 0.2, gain: 0.1, currency: "EUR"})[2]).toContain("more people than these");
  expect(moneySentences({...rate, mean: null, deviation: null}, {heldOut: 0.2, gain: 1, currency: "EUR"})).toEqual([]);
});

test("withHeldOut(arms, share) keeps the mailed arms' sizes to each other, and everything else of them", () => {
  const arms = {a: {label: "A", share: 3}, b: {share: 1}, none: {holdout: true, share: 1}};
  expect(shareHeldOut(arms)).toBe(0.2);
  expect(withHeldOut(arms, 0.4)).toEqual({
    a: {label: "A", share: 45},
    b: {share: 15},
    none: {holdout: true, share: 40}
  });
  expect(withHeldOut(arms, 0)).toEqual({a: {label: "A", share: 75}, b: {share: 25}});
  expect(withHeldOut(undefined, 0.1)).toEqual({
    mail: {label: "Mailed", share: 90},
    holdout: {label: "Held out", holdout: true, share: 10}
  });
  expect([shareHeldOut({mail: null}), shareHeldOut(undefined)]).toEqual([null, 0]);
});

test("draftFiles(draft) changes a campaign's holdout and nothing else of its file, and nothing where it is the same", async () => {
  const before =
    "# Spring.\nname: Spring # kept\narms:\n  mail: {share: 80}\n  none: {holdout: true, share: 20}\ncost_per_send: 0.1\n";
  const of = (heldOut: number) => draftFiles(draft({campaign: {id: "spring", text: before, version: "c1", heldOut}}));
  const [one, ...more] = await of(0.35);
  expect(one).toMatchObject({kind: "campaigns", id: "spring", version: "c1"});
  expect(one!.text).toContain("# Spring.\nname: Spring # kept\n");
  expect(campaignDefinition.parse(parse(one!.text))).toMatchObject({
    arms: {mail: {share: 65}, none: {holdout: true, share: 35}},
    cost_per_send: 0.1
  });
  expect([more, await of(0.2)]).toEqual([[], []]);
});

test("powerCurve(rate) falls as more are held out", () => {
  const curve = powerCurve(rate);
  expect(curve.map(({heldOut}) => heldOut)).toContain(0.2);
  expect(curve.every(({least}, i) => i === 0 || least < curve[i - 1]!.least)).toBe(true);
  expect(powerCurve({...rate, profiles: 1, converted: 0})).toEqual([]);
});

test("runsOf(schedule) goes by the clocks of the zone, over a change of them, and includes the last day", () => {
  const after = new Date("2026-03-27T12:00:00Z");
  const runs = (until: string | null) => runsOf({schedule: "0 6 * * *", until: until === null ? null : new Date(until)}, "Europe/Berlin", after, 4).map((run) => run.toISOString().slice(0, 16)); // prettier-ignore
  expect(runs(null)).toEqual(["2026-03-28T05:00", "2026-03-29T04:00", "2026-03-30T04:00", "2026-03-31T04:00"]);
  expect(runs("2026-03-29")).toEqual(["2026-03-28T05:00", "2026-03-29T04:00"]);
  const schedule = {destination_id: "d", position: 1, audience_id: "a", campaign_id: null, catch_up: "once", last_for: null, last_status: null, last_reason: null}; // prettier-ignore
  const next = nextRuns(
    [{...schedule, schedule: "0 6 * * *", until: new Date("2026-03-01")}, {...schedule, schedule: "0 7 * * *", until: null}],
    "Europe/Berlin",
    after
  ); // prettier-ignore
  expect(next.map(({at}) => at?.toISOString() ?? null)).toEqual(["2026-03-28T06:00:00.000Z", null]);
});

test("withCounts(deliveries, counts) sums reasons; what is not published is unknown rather than none", () => {
  const deliveries = [{delivery_id: "d"}] as DeliveryRow[];
  const counts: OutcomeRow[] = [
    {delivery_id: "d", outcome: "suppressed", reason: "no_consent", profiles: 3},
    {delivery_id: "d", outcome: "suppressed", reason: "missing_home_airport", profiles: 4},
    {delivery_id: "e", outcome: "added", reason: "", profiles: 9}
  ];
  expect(withCounts(deliveries, counts, true)[0]).toMatchObject({suppressed: 7, added: 0});
  expect(withCounts(deliveries, counts, false)[0]).toMatchObject({suppressed: 7, added: null});
  expect(reasonList(counts.slice(0, 2))).toBe("4 no home airport, 3 no consent");
});

test("healthOf(destination) says how the last delivery ended, and what waits to be settled", () => {
  const at = new Date("2026-03-02T05:00:00Z");
  const destination = {
    destination_id: "news",
    last_at: at,
    last_status: "failed",
    last_done_at: null
  } as DestinationRow;
  const of = (more: Partial<DestinationRow>) =>
    healthOf({...destination, ...more} as DestinationRow, [], "Europe/Berlin");
  expect(of({last_at: null, last_status: null})).toEqual([{tone: "muted", text: "Nothing has been sent there yet."}]);
  expect(of({})).toEqual([{tone: "bad", text: "Last delivery 2 Mar 2026, 06:00: failed."}]);
  expect(of({last_status: "done", last_done_at: at})[0]!.tone).toBe("good");
  const standing = {destination_id: "news", audience_id: "rising", state: "unknown", profiles: 2} as const;
  const [, waiting] = healthOf(destination, [standing], "Europe/Berlin");
  expect(waiting).toMatchObject({tone: "bad", command: "npx tenfold activate rising news --settle sent"});
});

test("failureName(reason) says why a scheduled delivery failed, and shows a code that it does not know", () => {
  expect(failureName("no_members")).toBe("the audience has no members on record: it has not been published yet");
  expect(failureName("550")).toBe("the destination said 550");
  expect([failureName(null), failureName("error")]).toEqual(Array(2).fill("something that nobody foresaw"));
});
