import {readFile} from "node:fs/promises";
import type {Locator, Page} from "playwright-core";
import {describe, expect, it} from "vitest";
import {audienceDefinition} from "../../lib/definitions/audience.js";
import {checkDefinition} from "../../lib/definitions/check.js";
import {encodeRule} from "../../lib/rules/link.js";
import {formatIdSql} from "../../lib/surrogate.js";
import {violations} from "./accessibility.js";
import {openPage} from "./page.js";
import {sampleSite} from "./sampleSite.js";

const site = sampleSite();

describe("the Segments page", () => {
  it("counts what the keyboard builds as the warehouse does, and its link reproduces it", async () => {
    const {page, errors, foreign, close} = await site.open("/segments.html");
    expect(await count(page)).toBe(await native("true"));

    await addBlock(page, "spend");
    const amount = page.getByRole("spinbutton", {name: "Spend, 12 months"});
    await amount.fill("100");
    await expectCount(page, await native("spend__12_months >= 100"));

    await addBlock(page, "spend decile");
    await page.getByRole("checkbox", {name: "2", exact: true}).check();
    await page.getByRole("checkbox", {name: "3", exact: true}).check();
    const expected = await native("spend__12_months >= 100 and spend__12_months__decile in (1, 2, 3)");
    await expectCount(page, expected);
    expect(await page.locator(".sentence").textContent()).toBe(
      "Customers whose spend over 12 months is at least 100 EUR and who rank in decile 1, 2 or 3 of spend over 12 months."
    );

    const link = page.url();
    expect(link).toContain("rule=all-2.m.spend.12m.at_least.100.d.spend.12m.in-3.1.2.3");
    const again = await openPage(site.browser, link);
    await expectCount(again.page, expected);
    await again.close();
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await close();
  });

  it("follows a dragged slider with the counts that queries give", async () => {
    const {page, close} = await site.open("/segments.html?rule=all-2.a.tier.exists.true.m.spend.12m.at_least.1");
    await expectCount(page, await native("tier is not null and spend__12_months >= 1"));
    const slider = page.getByRole("slider");
    await slider.focus();
    for (let i = 0; i < 12; ++i) await page.keyboard.press("ArrowRight");
    const value = Number(await page.getByRole("spinbutton", {name: "Spend, 12 months"}).inputValue());
    expect(value).toBeGreaterThan(1);
    await expectCount(page, await native(`tier is not null and spend__12_months >= ${value}`));
    await close();
  });

  it("undoes, redoes, negates, and goes back and forward", async () => {
    const {page, close} = await site.open("/segments.html");
    await addBlock(page, "tier");
    const [first] = await site.warehouse.rows<{tier: string}>(
      "select tier from insights.segment_profiles group by tier order by count(*) desc, tier limit 1"
    );
    const isFirst = await native(`tier = '${first!.tier}'`);
    await expectCount(page, isFirst);
    await page.getByLabel("Actions for Tier").click();
    await page.getByRole("menuitem", {name: "Negate"}).click();
    const all = await native("true");
    await expectCount(page, all - isFirst);
    await page.getByRole("button", {name: "Undo"}).click();
    await expectCount(page, isFirst);
    await page.getByRole("button", {name: "Redo"}).click();
    await expectCount(page, all - isFirst);
    await page.goBack();
    await expectCount(page, isFirst);
    await page.goBack();
    await page.goForward();
    await close();
  });

  it("shows saved audiences without the database, and opens them in the builder with the same count", async () => {
    site.server.sent.length = 0;
    const {page, close} = await site.open("/segments.html");
    expect(site.server.sent.filter(({path}) => /duckdb/.test(path))).toEqual([]);
    const saved = await site.warehouse.rows<{name: string; profiles: number}>(
      "select name, profiles from derived.audience_counts"
    );
    expect(saved.length).toBeGreaterThanOrEqual(3);
    let counted = 0;
    for (const {name, profiles} of saved) {
      await page.getByRole("button", {name: `Open ${name}`}).click();
      // What only the warehouse has, such as deciles of another time, the page leaves to the command.
      const isLeft = await page.getByText("npx tenfold audience preview").isVisible();
      if (isLeft) continue;
      await expectCount(page, profiles);
      ++counted;
    }
    expect(counted).toBeGreaterThanOrEqual(4);
    await close();
  });

  it("is built by mouse: blocks dragged in, onto each other, and moved by their grips", async () => {
    const {page, errors, close} = await site.open("/segments.html");
    await drag(page, block(page, "Newsletter"), page.locator(".group-empty"));
    const newsletter = "newsletter";
    await expectCount(page, await native(newsletter));
    await drag(page, block(page, "Purchase"), page.locator(".card-rule").first(), 0.97);
    const bought = "id in (select id from buyers)";
    await expectCount(page, await native(`${newsletter} and ${bought}`));

    // Let go in the middle of a card, both go into a group; the outermost asks for all, so the group asks for any.
    await drag(page, block(page, "Tier"), page.getByRole("article", {name: "Newsletter"}), 0.5);
    const [first] = await site.warehouse.rows<{tier: string}>(
      "select tier from insights.segment_profiles group by tier order by count(*) desc, tier limit 1"
    );
    const either = `(${newsletter} or tier = '${first!.tier}')`;
    await expectCount(page, await native(`${either} and ${bought}`));

    // Out of the group again, below everything.
    await drag(
      page,
      page.getByRole("button", {name: "Move Tier"}),
      page.getByRole("article", {name: "Purchase"}),
      0.97
    );
    await expectCount(page, await native(`${newsletter} and ${bought} and tier = '${first!.tier}'`));
    await page.keyboard.press("Control+z");
    await expectCount(page, await native(`${either} and ${bought}`));

    // A drag that is given up changes nothing.
    const before = await page.locator(".wording pre").last().textContent();
    await drag(page, block(page, "Country"), page.getByRole("article", {name: "Purchase"}), 0.97, "Escape");
    expect(await page.locator(".wording pre").last().textContent()).toBe(before);
    expect(errors).toEqual([]);
    await close();
  });

  it("is built by keyboard alone: an event with a filter, a sequence, moves that are read out, a saved file", async () => {
    const {page, errors, close} = await site.open("/segments.html");
    await addBlock(page, "purchase");
    expect(await focused(page)).toBe("Event type");
    await page.getByRole("button", {name: "+ Filter"}).focus();
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Field of the event");
    const amount = page.getByRole("spinbutton", {name: "Value"});
    await amount.focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("200");
    const dear = "id in (select id from buyers where value >= 200)";
    await expectCount(page, await native(dear));

    await addBlock(page, "newsletter");
    await page.getByRole("button", {name: "Move Newsletter"}).focus();
    await page.keyboard.press("ArrowUp");
    expect(await page.locator(".segments > [role=status]").textContent()).toBe(
      "Newsletter moved, 1 of 2 in “All of these hold”"
    );
    expect(await focused(page)).toBe("Move Newsletter");
    await page.keyboard.press("Delete");
    expect(await page.locator(".segments > [role=status]").textContent()).toBe("Newsletter deleted");
    await expectCount(page, await native(dear));

    await addBlock(page, "sequence");
    await page.getByRole("combobox", {name: "Event type"}).nth(1).selectOption("web.view");
    await page.getByRole("combobox", {name: "Event type"}).nth(2).selectOption("commerce.purchase");
    await page.getByRole("combobox", {name: "How much later"}).selectOption("within");
    await page.getByRole("spinbutton", {name: "Within: how many"}).fill("24");
    await page.getByRole("combobox", {name: "Within: unit"}).selectOption("hour");
    const looked = `id in (select id from buyers as b join core.events as e using (profile_id)
      where e.event_type = 'web.view' and e.event_time < b.event_time and b.event_time <= e.event_time + interval 24 hours)`;
    await expectCount(page, await native(`${dear} and ${looked}`));
    await page.getByRole("combobox", {name: "Step 2: does it happen"}).selectOption("no");
    await expect.poll(() => page.locator(".wording pre").last().textContent()).toContain("no_event: commerce.purchase");

    const download = page.waitForEvent("download");
    await page.getByRole("button", {name: "Save …"}).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("Dear, looked");
    await page.keyboard.press("Enter");
    const file = await download;
    expect(file.suggestedFilename()).toBe("dear-looked.yaml");
    const text = await readFile(await file.path(), "utf8");
    const {value, mistakes} = checkDefinition("audiences/dear-looked.yaml", text, audienceDefinition);
    expect(mistakes).toEqual([]);
    expect(value!.name).toBe("Dear, looked");
    expect(value!.rule).toMatchObject({all: [{event: "commerce.purchase"}, {sequence: [{event: "web.view"}, {}]}]});
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  it("counts reach and overlap as the warehouse does", async () => {
    const {page, close} = await site.open("/segments.html?rule=all-1.a.newsletter.is.true");
    await expectCount(page, await native("newsletter"));
    const reachable = await native("newsletter and reach__email = 'reachable'");
    expect(reachable).toBeGreaterThan(0);
    await expect
      .poll(() => cells(page, "Reach by E-mail", "can be reached"), {timeout: 60_000})
      .toContain(reachable.toLocaleString("en-US"));
    const lapsing = await native("newsletter and spend__12_months__decile <= 2 and spend__3_months <= 0");
    expect(await cells(page, "Also in", "Top value, lapsing")).toContain(lapsing.toLocaleString("en-US"));
    await close();
  });

  it("builds, describes and saves a rule on what is not published, and says who counts it", async () => {
    const {page, errors, close} = await site.open("/segments.html");
    await addBlock(page, "bounced");
    await expect.poll(() => page.locator(".results").textContent()).toContain("npx tenfold audience preview");
    expect(await page.locator(".results .number-value").first().textContent()).toBe("–");
    expect(await page.getByRole("region", {name: "Who is in"}).isVisible()).toBe(false);
    expect(await page.locator(".wording pre").last().textContent()).toContain("{event: email.bounced}");
    expect(await page.getByRole("button", {name: "Save …"}).isEnabled()).toBe(true);

    // What stands beside it is counted all the same.
    await addBlock(page, "newsletter");
    const newsletter = (await native("newsletter")).toLocaleString("en-US");
    const counts = page.locator(".node-count[data-count]");
    await expect.poll(() => counts.allTextContents(), {timeout: 30_000}).toEqual(["", newsletter]);
    expect(await page.locator(".results .number-value").first().textContent()).toBe("–");
    expect(errors).toEqual([]);
    await close();
  });

  it("shows how many come as far as each step of a sequence", async () => {
    const steps = [
      {event: "web.view"},
      {no_event: "commerce.refund"},
      {event: "commerce.purchase", within: "48 hours"}
    ];
    const {page, close} = await site.open(`/segments.html?rule=${encodeRule({all: [{sequence: steps}]})}`);
    const viewed = await native(`id in (select ${formatIdSql("profile_id")} from core.events
      where event_type = 'web.view' and profile_id is not null)`);
    await expect
      .poll(() => page.locator(".step .node-count").allTextContents(), {timeout: 30_000})
      .toEqual([`${viewed.toLocaleString("en-US")} so far`, "", ""]);
    // Not all of them go on to buy.
    expect(await count(page)).toBeLessThan(viewed);
    await close();
  });

  it("warns where nobody can be in", async () => {
    const rule = encodeRule({
      all: [
        {attribute: "tier", is: "Gold"},
        {attribute: "tier", is: "Silver"}
      ]
    });
    const {page, close} = await site.open(`/segments.html?rule=${rule}`);
    await expectCount(page, 0);
    const problems = page.getByRole("list", {name: "What is wrong with the rule"});
    expect(await problems.textContent()).toContain("nobody can be in: no value of tier meets all of its conditions");
    await page.getByRole("button", {name: "Clear"}).click();
    expect(await problems.getByRole("listitem").count()).toBe(0);
    await close();
  });

  it("fits a phone: blocks open over the rule, a tap adds one, a finger drags a card", async () => {
    const {page, errors, close} = await site.open("/segments.html", {width: 390, height: 844});
    expect(await page.locator(".blocks").isVisible()).toBe(false);
    await page.getByRole("button", {name: "+ Condition"}).click();
    await block(page, "Newsletter").click();
    expect(await page.locator(".blocks").isVisible()).toBe(false);
    await addBlock(page, "tier");
    expect(await page.locator(".card-title").allTextContents()).toEqual(["Newsletter", "Tier"]);
    await touchDrag(
      page,
      page.getByRole("button", {name: "Move Tier"}),
      page.getByRole("article", {name: "Newsletter"})
    );
    await expect.poll(() => page.locator(".card-title").allTextContents()).toEqual(["Tier", "Newsletter"]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  it("says nothing of a broken link but begins anew", async () => {
    const {page, errors, close} = await site.open("/segments.html?rule=all-7.x&metric=nothing");
    expect(await count(page)).toBe(await native("true"));
    expect(errors).toEqual([]);
    await close();
  });
});

function block(page: Page, title: string): Locator {
  return page.locator(".block", {has: page.getByText(title, {exact: true})}).first();
}

/** Drags to a height of the target (0 its top, 1 its bottom) and lets go, or presses a key instead. */
async function drag(page: Page, from: Locator, to: Locator, height = 0.5, key?: string) {
  await from.scrollIntoViewIfNeeded();
  await to.scrollIntoViewIfNeeded();
  const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + start.height / 2 + 4, {steps: 3});
  await page.mouse.move(end.x + end.width / 2, end.y + end.height * height, {steps: 6});
  if (key) await page.keyboard.press(key);
  await page.mouse.up();
}

/** Drags with a finger: the hold that begins it, the way to the target's top, and letting go. */
async function touchDrag(page: Page, from: Locator, to: Locator) {
  const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", x: number, y: number) =>
    session.send("Input.dispatchTouchEvent", {type, touchPoints: type === "touchEnd" ? [] : [{x, y}]});
  const [x, y] = [start.x + start.width / 2, start.y + start.height / 2];
  await touch("touchStart", x, y);
  await page.locator(".drag-ghost").waitFor();
  for (let i = 1; i <= 5; ++i) await touch("touchMove", x + 20, y + ((end.y + 4 - y) * i) / 5);
  await touch("touchEnd", 0, 0);
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null);
}

/** The cells of a row of a split. */
async function cells(page: Page, caption: string, row: string): Promise<string[]> {
  const table = page.locator(".split", {has: page.getByText(caption, {exact: true})});
  const found = table.getByRole("row", {name: row});
  return (await found.count()) === 0
    ? []
    : (await found.first().getByRole("cell").allTextContents()).map((text) => text.trim());
}

async function addBlock(page: Page, search: string) {
  await page.getByRole("button", {name: "+ Condition"}).last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox", {name: "Search blocks"}).fill(search);
  await page.keyboard.press("Enter");
}

async function native(condition: string): Promise<number> {
  return (await site.warehouse.value<number>(
    `with buyers as (
       select profile_id, ${formatIdSql("profile_id")} as id, event_time, value from core.events
       where event_type = 'commerce.purchase' and profile_id is not null
     )
     select count(*) from insights.segment_profiles where ${condition}`
  ))!;
}

async function count(page: Page): Promise<number> {
  return Number((await page.locator(".results .number-value").first().textContent())!.replace(/\D/g, ""));
}

async function expectCount(page: Page, expected: number) {
  const text = expected.toLocaleString("en-US");
  const shown = page.locator(".results .number-value").first();
  await page
    .waitForFunction((wanted) => document.querySelector(".results .number-value")?.textContent === wanted, text, {
      timeout: 30_000
    })
    .catch(() => {});
  expect(await shown.textContent()).toBe(text);
}
