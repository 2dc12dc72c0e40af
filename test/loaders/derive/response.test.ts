import {afterEach, describe, expect, it} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import type {Database} from "../../../loaders/engine/database.js";
import {silent} from "../../../loaders/engine/progress.js";
import {
  profileId,
  testWarehouse,
  type TestEvent,
  type TestWarehouse,
  type TestWarehouseOptions
} from "../../warehouse.js";

const properties = {
  arm: "VARCHAR",
  audience: "VARCHAR",
  is_machine: "BOOLEAN",
  user_agent: "VARCHAR",
  link: "VARCHAR",
  bounce_type: "VARCHAR",
  order_id: "VARCHAR"
} as const;

let warehouse: TestWarehouse | undefined;

afterEach(() => {
  warehouse?.close();
  warehouse = undefined;
});

/** Builds one table and what it reads over these events, as of 1 April 2024; every test of every table must hold. */
async function build(only: string, events: TestEvent[], options: TestWarehouseOptions = {}): Promise<Database> {
  warehouse = await testWarehouse({properties, ...options, events, workspace: {history: 0, ...options.workspace}});
  const {database, workspace} = warehouse;
  const nodes = await modelNodes(database, workspace);
  const asOf = new Date("2024-04-01T00:00:00Z");
  const reports = await derive(database, workspace, nodes, {asOf, progress: silent, runId: "test", only});
  const broken = reports.filter((report) => report.status !== "built");
  expect(broken.map(({name, error, broken}) => ({name, error, broken}))).toEqual([]);
  return database;
}

/** An event of March 2024: `mail("opened", "02T10:00:00", "ann")`. */
const mail = (type: string, time: string, profile = "ann", more: Partial<TestEvent> = {}): TestEvent => ({
  type: `email.${type}`,
  time: `2024-03-${time}`,
  profile,
  campaign: "spring",
  ...more
});

const assigned = (time: string, profile: string, arm?: string, more: Partial<TestEvent> = {}): TestEvent => ({
  type: "campaign.assigned",
  time: `2024-03-${time}`,
  profile,
  campaign: "spring",
  properties: arm === undefined ? undefined : {arm},
  ...more
});

const order = (time: string, profile: string, value: number, properties?: Record<string, unknown>): TestEvent => ({
  type: "commerce.purchase",
  time: `2024-03-${time}`,
  profile,
  value,
  properties
});

const refund = (time: string, profile: string, value: number, properties?: Record<string, unknown>): TestEvent => ({
  ...order(time, profile, value, properties),
  type: "commerce.refund"
});

describe("activation.sends", () => {
  it("has one row per campaign and person, held-out people included, with arm and audience as assigned", async () => {
    const database = await build("activation.sends", [
      assigned("01T08:00:00", "ann", "a", {properties: {arm: "a", audience: "gold"}}),
      assigned("01T08:00:00", "bob", "Control"),
      mail("sent", "01T09:00:00", "ann", {send: "s1", properties: {arm: "b"}}),
      mail("sent", "05T09:00:00", "ann", {send: "s2"}),
      mail("sent", "01T09:00:00", "cid"),
      mail("delivered", "01T10:00:00", "dan", {send: "s3"})
    ]);
    const rows = await database.rows(
      "select arm, is_holdout, audience_id, send_id, assigned_at, sent_at from activation.sends order by assigned_at, arm"
    );
    const at = (hour: string) => new Date(`2024-03-01T${hour}:00:00Z`);
    const made = expect.stringMatching(/^made-/);
    const none = {audience_id: "(none)", send_id: made};
    expect(rows).toEqual([
      {...none, arm: "Control", is_holdout: true, assigned_at: at("08"), sent_at: null},
      {arm: "a", is_holdout: false, audience_id: "gold", send_id: "s1", assigned_at: at("08"), sent_at: at("09")},
      {...none, arm: "mailed", is_holdout: false, assigned_at: at("09"), sent_at: at("09")},
      {...none, send_id: "s3", arm: "mailed", is_holdout: false, assigned_at: at("10"), sent_at: at("10")}
    ]);
  });

  it("reads arms by key, label or spelling, ids of other names, and the definition's audience", async () => {
    const database = await build(
      "activation.sends",
      [
        assigned("01T08:00:00", "a", "Mens E-Mail", {campaign: "c-17"}),
        assigned("01T08:00:01", "b", "mens_e_mail", {campaign: "c-17"}),
        assigned("01T08:00:02", "c", "Nobody", {campaign: "c-18"}),
        assigned("01T08:00:03", "d", "new", {campaign: "c-18"})
      ],
      {
        campaigns: {
          spring: {
            ids: ["c-17", "c-18"],
            audience: "men",
            arms: {"mens-e-mail": {label: "Mens E-Mail"}, none: {label: "Nobody", holdout: true}}
          }
        }
      }
    );
    expect(
      await database.rows("select campaign_id, arm, is_holdout, audience_id from activation.sends order by assigned_at")
    ).toEqual([
      {campaign_id: "spring", arm: "mens-e-mail", is_holdout: false, audience_id: "men"},
      {campaign_id: "spring", arm: "mens-e-mail", is_holdout: false, audience_id: "men"},
      {campaign_id: "spring", arm: "none", is_holdout: true, audience_id: "men"},
      {campaign_id: "spring", arm: "new", is_holdout: false, audience_id: "men"}
    ]);
  });

  it("takes the decile from events strictly before the send, of held-out people too", async () => {
    const people = Array.from({length: 10}, (_, i) => `p${i}`);
    const database = await build(
      "activation.sends",
      [
        ...people.map((person, i) => order("01T00:00:00", person, 100 - i)),
        // Bought at the very instant of the mailing, and after it: too late to count.
        order("10T09:00:00", "p9", 1000),
        order("11T09:00:00", "p8", 1000),
        ...people.map((person) => assigned("09T09:00:00", person)),
        ...people.slice(3).map((person) => mail("sent", "10T09:00:00", person))
      ],
      {campaigns: {spring: {sent_at: "2024-03-10T09:00:00Z"}}}
    );
    const rows = await database.rows(
      "select bucket_at_send, value_at_send from activation.sends order by value_at_send desc"
    );
    expect(rows).toEqual(people.map((_, i) => ({bucket_at_send: i + 1, value_at_send: 100 - i})));
  });
});

describe("activation.responses", () => {
  it("finds a send by its id, else by person and campaign, and keeps what finds none or comes before it", async () => {
    const database = await build("activation.responses", [
      mail("sent", "02T09:00:00", "ann", {send: "s1"}),
      mail("opened", "02T10:00:00", "bob", {send: "s1", campaign: undefined}),
      mail("opened", "02T11:00:00", "ann", {send: "unknown"}),
      mail("opened", "02T12:00:00", "dan"),
      mail("opened", "02T13:00:00", "dan", {campaign: undefined}),
      mail("opened", "02T08:54:59", "ann"),
      mail("opened", "02T08:56:00", "ann")
    ]);
    const rows = await database.rows(
      `select campaign_id, send_id, profile_id, is_orphan, is_before_send, hour_since_send, is_first
       from activation.responses order by event_time`
    );
    const [ann, dan] = [profileId("ann"), profileId("dan")];
    const sent = {campaign_id: "spring", send_id: "s1", profile_id: ann, is_orphan: false};
    expect(rows).toEqual([
      {...sent, is_before_send: true, hour_since_send: 0, is_first: false},
      {...sent, is_before_send: false, hour_since_send: 0, is_first: true},
      {...sent, is_before_send: false, hour_since_send: 1, is_first: false},
      {...sent, is_before_send: false, hour_since_send: 2, is_first: false},
      {
        campaign_id: "spring",
        send_id: null,
        profile_id: dan,
        is_orphan: true,
        is_before_send: false,
        hour_since_send: null,
        is_first: false
      },
      {
        campaign_id: "(none)",
        send_id: null,
        profile_id: dan,
        is_orphan: true,
        is_before_send: false,
        hour_since_send: null,
        is_first: false
      }
    ]);
  });

  it("does not trust a send_id that two people share", async () => {
    const database = await build("activation.responses", [
      mail("sent", "02T09:00:00", "ann", {send: "1"}),
      mail("sent", "02T09:00:00", "bob", {send: "1"}),
      mail("opened", "02T10:00:00", "bob", {send: "1"})
    ]);
    expect(await database.rows("select profile_id, is_orphan from activation.responses")).toEqual([
      {profile_id: profileId("bob"), is_orphan: false}
    ]);
  });

  it("tells machines by flag, program, haste and bursts, and says why", async () => {
    const click = (second: string, link: string, profile: string) =>
      mail("clicked", `02T10:00:${second}`, profile, {properties: {link}});
    const database = await build("activation.responses", [
      ...["ann", "bob", "cid", "dan", "eve"].map((person) => mail("sent", "02T09:00:00", person)),
      mail("delivered", "02T09:00:07", "cid"),
      mail("opened", "02T09:30:00", "ann", {properties: {is_machine: true}}),
      mail("opened", "02T09:31:00", "ann", {properties: {user_agent: "Mozilla/5.0"}}),
      mail("opened", "02T09:32:00", "ann", {properties: {user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/125.0"}}),
      mail("opened", "02T09:32:20", "ann", {properties: {user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/125.0"}}),
      mail("clicked", "02T09:33:00", "bob", {properties: {user_agent: "Barracuda Sentinel"}}),
      mail("opened", "02T09:00:08", "cid"),
      mail("opened", "02T09:00:40", "cid"),
      click("00", "/a", "dan"),
      click("04", "/b", "dan"),
      click("09", "/c", "dan"),
      click("45", "/c", "dan"),
      click("00", "/a", "eve"),
      click("12", "/b", "eve"),
      click("24", "/c", "eve")
    ]);
    const reasons = await database.rows<{who: number; reason: string | null; is_repeat: boolean}>(
      `select reason, is_repeat, is_machine from activation.responses
       where response <> 'delivered' order by profile_id = $ann desc, profile_id = $bob desc, profile_id = $cid desc,
         profile_id = $dan desc, event_time`,
      {ann: profileId("ann"), bob: profileId("bob"), cid: profileId("cid"), dan: profileId("dan")}
    );
    const verdict = (reason: string | null, is_repeat = false) => ({reason, is_repeat, is_machine: reason !== null});
    expect(reasons).toEqual([
      ...[verdict("provider"), verdict("user_agent"), verdict(null), verdict(null, true)],
      verdict("user_agent"),
      ...[verdict("fast"), verdict(null)],
      ...[verdict("burst"), verdict("burst"), verdict("burst"), verdict(null)],
      ...[verdict(null), verdict(null), verdict(null)]
    ]);
  });

  it("takes everything near a link that people cannot see for a machine's, ten seconds either way", async () => {
    const database = await build(
      "activation.responses",
      [
        mail("sent", "02T10:00:00"),
        mail("delivered", "02T10:00:05"),
        mail("clicked", "02T11:00:00", "ann", {properties: {link: "https://shop.test/sale"}}),
        mail("clicked", "02T11:00:09", "ann", {properties: {link: "https://shop.test/HP/x"}}),
        mail("clicked", "02T11:00:25", "ann", {properties: {link: "https://shop.test/sale"}})
      ],
      {campaigns: {spring: {honeypot: "/hp/"}}}
    );
    const clicks = await database.rows(
      "select reason, is_machine from activation.responses where response = 'clicked' order by event_time"
    );
    expect(clicks).toEqual([
      {reason: "honeypot", is_machine: true},
      {reason: "honeypot", is_machine: true},
      {reason: null, is_machine: false}
    ]);
  });

  it("calls nothing hasty where times are known to the day alone", async () => {
    const database = await build("activation.responses", [
      mail("sent", "02T00:00:00"),
      mail("delivered", "02T00:00:00"),
      mail("opened", "02T00:00:00")
    ]);
    expect(await database.value("select count(*) filter (is_machine) from activation.responses")).toBe(0);
  });
});

describe("insights.fact_email_response and derived.campaign_summary", () => {
  const events: TestEvent[] = [
    ...["ann", "bob", "cid", "dan", "eve"].map((person) => mail("sent", "02T09:00:00", person)),
    assigned("02T09:00:00", "fay", "holdout"),
    ...["ann", "dan"].map((person) => mail("delivered", "02T09:01:00", person)),
    // A soft bounce delivered later, a hard one, and a soft one for good.
    mail("bounced", "02T09:02:00", "bob", {properties: {bounce_type: "soft"}}),
    mail("delivered", "03T09:00:00", "bob"),
    mail("bounced", "02T09:02:00", "cid", {properties: {bounce_type: "hard"}}),
    mail("bounced", "02T09:02:00", "eve", {properties: {bounce_type: "soft"}}),
    mail("opened", "02T10:30:00", "ann"),
    mail("opened", "03T10:30:00", "ann"),
    mail("opened", "04T10:30:00", "ann", {properties: {is_machine: true}}),
    mail("opened", "02T11:00:00", "dan", {properties: {is_machine: true}}),
    mail("clicked", "06T10:00:00", "ann", {properties: {link: "/a"}}),
    mail("unsubscribed", "07T10:00:00", "dan"),
    mail("unsubscribed", "08T10:00:00", "dan"),
    mail("opened", "09T10:00:00", "gus"),
    mail("opened", "01T10:00:00", "bob")
  ];

  it("count a mail once a response, on the day of the first, and machines apart", async () => {
    const database = await build("insights.fact_email_response", events);
    const days = await database.rows(
      `select date, hour_since_send as hour, sum(count_sent) as sent, sum(count_delivered) as delivered,
         sum(count_bounced) as bounced, sum(count_opens) as opens, sum(count_opened) as opened,
         sum(count_human_opened) as human, sum(count_machine_opens) as machine, sum(count_human_clicked) as clicked,
         sum(count_unsubscribed) as gone, sum(count_orphans) as orphans, sum(count_before_send) as early
       from insights.fact_email_response group by all order by all`
    );
    const none = {
      sent: 0,
      delivered: 0,
      bounced: 0,
      opens: 0,
      opened: 0,
      human: 0,
      machine: 0,
      clicked: 0,
      gone: 0,
      orphans: 0,
      early: 0
    };
    expect(days).toEqual([
      {...none, date: "2024-03-01", hour: 0, early: 1},
      {...none, date: "2024-03-02", hour: 0, sent: 5, delivered: 2, bounced: 2},
      {...none, date: "2024-03-02", hour: 1, opens: 1, opened: 1, human: 1},
      {...none, date: "2024-03-02", hour: 2, opens: 1, opened: 1, machine: 1},
      {...none, date: "2024-03-03", hour: 24, delivered: 1},
      {...none, date: "2024-03-03", hour: 25, opens: 1},
      {...none, date: "2024-03-04", hour: 49, opens: 1, machine: 1},
      {...none, date: "2024-03-06", hour: 72, clicked: 1},
      {...none, date: "2024-03-07", hour: 72, gone: 1},
      {...none, date: "2024-03-08", hour: 72},
      {...none, date: "2024-03-09", hour: 72, orphans: 1}
    ]);
    expect(
      await database.rows("select campaign_id, arm, label, is_holdout from insights.dim_arm order by position")
    ).toEqual([
      {campaign_id: "spring", arm: "(none)", label: "No send", is_holdout: false},
      {campaign_id: "spring", arm: "holdout", label: "Holdout", is_holdout: true},
      {campaign_id: "spring", arm: "mailed", label: "Mailed", is_holdout: false}
    ]);
  });

  it("agree with each other", async () => {
    const database = await build("derived.campaign_summary", events);
    expect(await database.row("from derived.campaign_summary where arm = '*'")).toMatchObject({
      count_assigned: 5,
      count_sent: 5,
      count_delivered: 3,
      count_bounced: 2,
      count_opened: 2,
      count_human_opened: 1,
      count_machine_opens: 2,
      count_human_clicked: 1,
      count_unsubscribed: 1,
      revenue: 0
    });
    expect(await database.value("select count_assigned from derived.campaign_summary where is_holdout")).toBe(1);
  });

  it("take mails as delivered unless they bounced, where no delivery is recorded", async () => {
    const database = await build("activation.outcomes", [
      ...["ann", "bob"].map((person) => mail("sent", "02T09:00:00", person)),
      mail("bounced", "02T09:00:30", "bob")
    ]);
    expect(await database.rows("select is_delivered, is_hard_bounced from activation.outcomes order by 1")).toEqual([
      {is_delivered: false, is_hard_bounced: true},
      {is_delivered: true, is_hard_bounced: false}
    ]);
  });
});

describe("activation.conversions", () => {
  it("credit an order once, to the last delivered mail whose window holds it", async () => {
    const database = await build("activation.conversions", [
      mail("sent", "02T09:00:00", "ann", {campaign: "first"}),
      mail("sent", "05T09:00:00", "ann", {campaign: "second"}),
      mail("sent", "06T09:00:00", "ann", {campaign: "bounced"}),
      mail("bounced", "06T09:00:01", "ann", {campaign: "bounced"}),
      order("02T08:59:59", "ann", 1),
      order("02T09:00:00", "ann", 2),
      order("05T08:59:59", "ann", 4),
      order("05T09:00:00", "ann", 8),
      order("07T00:00:00", "ann", 16),
      order("12T08:59:59", "ann", 32),
      order("12T09:00:00", "ann", 64),
      order("07T00:00:00", "bob", 128)
    ]);
    expect(
      await database.rows(
        `select campaign_id, sum(amount) as amount, count(*) filter (is_first) as firsts, max(hour_since_send) as hour
         from activation.conversions group by all order by all`
      )
    ).toEqual([
      {campaign_id: "first", amount: 6, firsts: 1, hour: 71},
      {campaign_id: "second", amount: 56, firsts: 1, hour: 72}
    ]);
  });

  it("take a refund off its order's mail, and one without an order's name off the last while the window is open", async () => {
    const database = await build("activation.conversions", [
      ...["ann", "bob", "cid", "dan"].map((person) => mail("sent", "02T09:00:00", person)),
      order("03T00:00:00", "ann", 100, {order_id: "o1"}),
      refund("30T00:00:00", "ann", 30, {order_id: "o1"}),
      refund("04T00:00:00", "ann", 7, {order_id: "another"}),
      order("03T00:00:00", "bob", 100),
      refund("05T00:00:00", "bob", 10),
      refund("20T00:00:00", "bob", 50),
      refund("05T00:00:00", "cid", 10),
      refund("02T10:00:00", "dan", 10),
      order("03T00:00:00", "dan", 100)
    ]);
    const rows = await database.rows<{profile_id: bigint; amount: number}>(
      "select profile_id, sum(amount) as amount from activation.conversions group by 1"
    );
    const amount = (person: string) => rows.find((row) => BigInt(row.profile_id) === profileId(person))?.amount;
    expect(["ann", "bob", "cid", "dan"].map(amount)).toEqual([70, 90, undefined, 100]);
  });
});

describe("derived.lift", () => {
  it("compares everybody assigned with everybody held out, over windows from the assignment on", async () => {
    const people = (prefix: string, n: number) => Array.from({length: n}, (_, i) => `${prefix}${i}`);
    const database = await build(
      "derived.lift",
      [
        ...people("a", 40).map((person) => assigned("01T00:00:00", person, "a")),
        ...people("b", 40).map((person) => assigned("01T00:00:00", person, "b")),
        ...people("h", 80).map((person) => assigned("01T00:00:00", person, "holdout")),
        ...people("a", 20).map((person) => order("02T00:00:00", person, 10)),
        ...people("a", 20).map((person) => order("20T00:00:00", person, 10)),
        ...people("b", 10).map((person) => order("07T23:59:59", person, 10)),
        ...people("h", 10).map((person) => order("08T00:00:00", person, 10)),
        ...people("a", 4).map((person) => refund("03T00:00:00", person, 10))
      ],
      {
        campaigns: {
          spring: {windows: [7, 60], arms: {a: {share: 1}, b: {share: 1}, holdout: {share: 2, holdout: true}}}
        }
      }
    );
    const rows = await database.rows(
      `select arm, measure, window_days as days, n_treated, n_control, events_treated as buyers, sum_treated as sum,
         treated, control, is_complete, round(sample_ratio_p, 6) as p
       from derived.lift where arm <> 'b' or measure = 'conversion' order by all`
    );
    const all = {n_control: 80, p: 1};
    const week = {...all, days: 7, control: 0, is_complete: true};
    const later = {...all, days: 60, is_complete: false};
    expect(rows).toEqual([
      {...week, arm: "*", measure: "conversion", n_treated: 80, buyers: 30, sum: 30, treated: 0.375},
      {...later, arm: "*", measure: "conversion", n_treated: 80, buyers: 30, sum: 30, treated: 0.375, control: 0.125},
      {...week, arm: "*", measure: "revenue", n_treated: 80, buyers: 30, sum: 260, treated: 3.25},
      {...later, arm: "*", measure: "revenue", n_treated: 80, buyers: 30, sum: 460, treated: 5.75, control: 1.25},
      {...week, arm: "a", measure: "conversion", n_treated: 40, buyers: 20, sum: 20, treated: 0.5},
      {...later, arm: "a", measure: "conversion", n_treated: 40, buyers: 20, sum: 20, treated: 0.5, control: 0.125},
      {...week, arm: "a", measure: "revenue", n_treated: 40, buyers: 20, sum: 160, treated: 4},
      {...later, arm: "a", measure: "revenue", n_treated: 40, buyers: 20, sum: 360, treated: 9, control: 1.25},
      {...week, arm: "b", measure: "conversion", n_treated: 40, buyers: 10, sum: 10, treated: 0.25},
      {...later, arm: "b", measure: "conversion", n_treated: 40, buyers: 10, sum: 10, treated: 0.25, control: 0.125}
    ]);
  });

  it("says so when the arms are not as large as meant", async () => {
    const database = await build(
      "derived.lift",
      [
        ...Array.from({length: 60}, (_, i) => assigned("01T00:00:00", `a${i}`, "a")),
        ...Array.from({length: 10}, (_, i) => assigned("01T00:00:00", `h${i}`, "holdout"))
      ],
      {campaigns: {spring: {arms: {a: {share: 1}, holdout: {share: 1, holdout: true}}}}}
    );
    expect(await database.rows("select distinct is_sample_ratio_ok as ok from derived.lift")).toEqual([{ok: false}]);
  });
});

describe("a workspace without campaigns", () => {
  it("has every table, empty, whatever its sources declare", async () => {
    const database = await build("insights.fact_email_response", [order("01T00:00:00", "ann", 5)], {properties: {}});
    expect(await database.value("select count(*) from insights.fact_email_response")).toBe(0);
    expect(await database.rows("from insights.dim_audience")).toEqual([
      {audience_id: "(none)", name: "No audience", is_saved: false}
    ]);
  });
});
