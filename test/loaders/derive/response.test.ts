import {describe, expect, it} from "vitest";
import {profileId, type TestEvent} from "../../warehouse.js";
import {kpis} from "../../../lib/response/kpis.js";
import {responseOf, type ArmSummary} from "../../../src/components/campaigns/campaigns.js";
import {assigned, build, mail, order, refund} from "./campaignEvents.js";

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

  it("takes what was sent from here by the ledger's word, and answers find it by its send_id", async () => {
    const id = (person: string) => profileId(person);
    const database = await build(
      "activation.responses",
      [
        // The provider knows the mail by its send_id alone, and calls the arm something else.
        {type: "email.opened", time: "2024-03-02T12:00:00Z", profile: "ann", campaign: "spring", send: "s-ann"},
        // Nobody knows this address any more: the person has been erased. The bounce address names the mail.
        {type: "email.opened", time: "2024-03-03T12:00:00Z", profile: "stranger", send: "s-bob"},
        mail("sent", "02T10:05:00", "ann", {send: "s-ann", properties: {arm: "other"}})
      ],
      {
        campaigns: {spring: {arms: {mail: {}, holdout: {holdout: true}}}},
        setup: `
          insert into activation.assignments values
            ('s-ann', 'spring', 'mail', false, 'gold', 3, ${id("ann")}, '2024-03-02 10:00:00', 2, 71.5, 'd1'),
            ('s-bob', 'spring', 'mail', false, 'gold', 3, ${id("bob")}, '2024-03-02 10:00:00', 1, 99, 'd1'),
            ('s-cid', 'spring', 'holdout', true, 'gold', 3, ${id("cid")}, '2024-03-02 10:00:00', 4, 12, 'd1'),
            ('s-dan', 'spring', 'mail', false, 'gold', 3, ${id("dan")}, '2024-05-02 10:00:00', 4, 12, 'd2');
          insert into activation.delivery_rows values
            ('s-ann', 'smtp', 'add', 'acknowledged', '2024-03-02 10:01:00'),
            ('s-bob', 'smtp', 'add', 'acknowledged', '2024-03-02 10:02:00')`
      }
    );
    const sends = await database.rows(
      `select send_id, arm, is_holdout, audience_id, audience_version, sent_at, bucket_at_send, value_at_send
       from activation.sends order by send_id`
    );
    const gold = {audience_id: "gold", audience_version: "3"};
    const at = (time: string) => new Date(`2024-03-02T${time}Z`);
    expect(sends).toEqual([
      {...gold, send_id: "s-ann", arm: "mail", is_holdout: false, sent_at: at("10:05:00"), bucket_at_send: 2, value_at_send: 71.5}, // prettier-ignore
      {...gold, send_id: "s-bob", arm: "mail", is_holdout: false, sent_at: at("10:02:00"), bucket_at_send: 1, value_at_send: 99}, // prettier-ignore
      {...gold, send_id: "s-cid", arm: "holdout", is_holdout: true, sent_at: null, bucket_at_send: 4, value_at_send: 12}
    ]);
    expect(
      await database.rows(
        "select send_id, is_orphan, profile_id from activation.responses where response = 'opened' order by send_id"
      )
    ).toEqual([
      {send_id: "s-ann", is_orphan: false, profile_id: id("ann")},
      {send_id: "s-bob", is_orphan: false, profile_id: id("bob")}
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

describe("the figures of field.md 1.21, counted by hand", () => {
  // Ten mailed: two bounce, one of them softly and delivered later; so nine are delivered.
  const people = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  const at = (hour: string, kind: string, person: string, properties?: Record<string, unknown>) =>
    mail(kind, `02T${hour}`, person, {properties});
  const events: TestEvent[] = [
    ...people.map((person) => mail("sent", "02T09:00:00", person)),
    ...people.slice(2).map((person) => at("09:01:00", "delivered", person)),
    at("09:01:00", "bounced", "a", {bounce_type: "hard"}),
    at("09:01:00", "bounced", "b", {bounce_type: "soft"}),
    at("12:00:00", "delivered", "b"),
    // Opens: b twice by hand, c once by hand and once by a proxy, d and e by proxies alone.
    at("13:00:00", "opened", "b"),
    at("15:00:00", "opened", "b"),
    at("13:00:00", "opened", "c"),
    at("14:00:00", "opened", "c", {is_machine: true}),
    ...["d", "e"].map((person) => at("14:00:00", "opened", person, {is_machine: true})),
    // Clicks: b by hand; f's scanner follows four links within the second after the delivery.
    at("13:05:00", "clicked", "b", {link: "/fares"}),
    ...["/1", "/2", "/3", "/4"].map((link) => at("09:01:00", "clicked", "f", {link})),
    // Twice by one person is one.
    at("16:00:00", "unsubscribed", "c"),
    at("17:00:00", "unsubscribed", "c"),
    at("16:00:00", "complained", "g"),
    // Bought: b twice within the seven days, c within, d too late, a although the mail never came.
    order("03T10:00:00", "b", 100, {order_id: "o1"}),
    order("04T10:00:00", "b", 50),
    refund("20T10:00:00", "b", 40, {order_id: "o1"}),
    order("09T08:59:59", "c", 70),
    order("09T09:00:00", "d", 500),
    order("03T10:00:00", "a", 900)
  ];

  it("are delivered, opens each and unique, human opens, CTR, CTOR, unsubscribed, complained, bought, revenue and margin per mail", async () => {
    const database = await build("derived.campaign_summary", events);
    const summary = await database.row<Record<string, number>>("from derived.campaign_summary where arm = '*'");
    const published = Object.fromEntries(Object.entries(summary!).map(([name, value]) => [name.replace("count_", ""), Number(value)])); // prettier-ignore
    const response = responseOf(published as unknown as ArmSummary, 0.5);
    const figures = Object.fromEntries(kpis.map(({name, value}) => [name, value(response).estimate]));
    expect(figures).toEqual({
      delivered: 9 / 10,
      opens: 6,
      opened: 4,
      human_open_rate: 2 / 9,
      click_rate: 1 / 9,
      click_to_open_rate: 1 / 2,
      unsubscribe_rate: 1 / 9,
      complaint_rate: 1 / 9,
      conversion_rate: 2 / 9,
      revenue_per_mail: (100 + 50 - 40 + 70) / 9,
      margin_per_mail: (0.5 * (100 + 50 - 40 + 70)) / 9
    });
  });
});
