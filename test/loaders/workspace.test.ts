import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {afterEach, expect, test} from "vitest";
import {DefinitionError} from "../../lib/definitions/check.js";
import {projectRoot, readWorkspace} from "../../loaders/workspace.js";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, {recursive: true})));

const workspace = `name: Shop
metrics:
  spend: {events: [commerce.purchase], expression: sum(value)}
`;
const orders = `columns:
  order_id: {required: true}
  customer: {personal: true}
  day: {type: date}
  amount: {type: decimal}
  shop: {}
id: {rule: column, column: order_id}
identities: [{namespace: customer, from: customer, primary: true}]
time: day
events:
  - {type: commerce.purchase, value: amount, properties: {shop: shop}}
`;

test("a workspace is read with its defaults", () => {
  const found = readWorkspace({data: folder({"workspace.yaml": workspace, "sources/orders.yaml": orders})});
  expect(found.lookbacks).toEqual(["1 month", "3 months", "6 months", "9 months", "12 months", "lifetime"]);
  expect(found.buckets).toBe(10);
  expect(found.as_of).toBe("last_complete_day");
  expect(found.sources.map(({id, file, rule}) => ({id, file, rule}))).toEqual([
    {id: "orders", file: "sources/orders.yaml", rule: {rule: "column", column: "order_id"}}
  ]);
  expect(found.landing).toBe(join(found.root, "landing"));
});

test("the workspaces that come with the project have no mistakes", () => {
  for (const data of ["data", "data/examples/cdnow", "data/examples/hillstrom", "data/examples/airline-loyalty"]) {
    expect(readWorkspace({data: join(projectRoot, data)}).sources.length, data).toBeGreaterThan(0);
  }
});

test("a folder without workspace.yaml says how to begin one", () => {
  expect(mistakes({})[0]).toMatch(/workspace\.yaml:1: no such file: run `npx tenfold init DIR` to begin a workspace$/);
});

test("the mistakes of all files are reported together", () => {
  expect(
    mistakes({
      "workspace.yaml": "name: Shop\nmetrics: {}\n",
      "sources/orders.yaml": orders.replace("value: amount", "value: amout"),
      "sources/visits.yml": orders,
      "campaigns/Spring.yaml": "name: Spring\n",
      "campaigns/autumn.yaml": "nam: Autumn\n"
    })
  ).toEqual([
    "workspace.yaml:2: metrics: expected at least one metric, not {}",
    "sources/visits.yml:1: expected the ending .yaml: rename it to visits.yaml",
    "campaigns/Spring.yaml:1: expected a lower-case file name such as spring-bonus.yaml",
    "campaigns/autumn.yaml:1: name: missing: expected text that is not empty",
    'campaigns/autumn.yaml:1: nam: unknown key "nam": did you mean "name"?',
    'sources/orders.yaml:11: events.0.value: unknown column "amout": did you mean "amount"?'
  ]);
});

test("a metric names what sources yield", () => {
  const metric = (definition: string) =>
    mistakes({
      "workspace.yaml": `name: Shop\nmetrics:\n  m: ${definition}\n`,
      "sources/orders.yaml": orders
    });
  expect(metric("{events: [commerce.purchse], expression: sum(value)}")).toEqual([
    'workspace.yaml:3: metrics.m.events.0: no source yields event type "commerce.purchse": did you mean "commerce.purchase"?'
  ]);
  expect(metric("{events: [commerce.purchase], expression: sum(amount)}")).toEqual([
    'workspace.yaml:3: metrics.m.expression: unknown column "amount": expected one of campaign_id, currency, event_date, event_id, event_time, event_type, identity_id, profile_id, properties.shop, quantity, received_at, send_id, source, value'
  ]);
  expect(metric("{events: [commerce.purchase], expression: distinct(properties.shp)}")).toEqual([
    'workspace.yaml:3: metrics.m.expression: unknown property "shp": did you mean "shop"?'
  ]);
  expect(metric("{events: [commerce.purchase], expression: sum(properties.shop)}")).toEqual([
    "workspace.yaml:3: metrics.m.expression: sum needs a number: properties.shop is of type string"
  ]);
  expect(metric("{events: [commerce.purchase], expression: sum(*)}")).toEqual([
    "workspace.yaml:3: metrics.m.expression: sum needs a column: only count takes *"
  ]);
  expect(
    metric(`{events: [commerce.purchase], expression: sum(value), filter: "properties.shp = 'properties.x'"}`)
  ).toEqual(['workspace.yaml:3: metrics.m.filter: unknown property "shp": did you mean "shop"?']);
  expect(
    metric("{events: [commerce.purchase], expression: sum(value), dedupe: [order], lookbacks: [1 month, 1 months]}")
  ).toEqual([
    'workspace.yaml:3: metrics.m.lookbacks.1: "1 month" stands twice in the list',
    'workspace.yaml:3: metrics.m.dedupe.0: unknown column "order": expected one of campaign_id, currency, event_date, event_id, event_time, event_type, identity_id, profile_id, properties.shop, quantity, received_at, send_id, source, value'
  ]);
  expect(
    metric("{events: [commerce.purchase], expression: sum(value), sign: net, refunds: [commerce.refund]}")
  ).toEqual([
    'workspace.yaml:3: metrics.m.refunds.0: no source yields event type "commerce.refund": expected commerce.purchase'
  ]);
});

test("a category names an attribute or property that is declared", () => {
  const category = (text: string) => mistakes({"workspace.yaml": `${workspace}category: ${text}\n`, "sources/orders.yaml": orders}); // prettier-ignore
  expect(category("{property: shops, at: event}")).toEqual([
    'workspace.yaml:4: category.property: unknown property "shops": did you mean "shop"?'
  ]);
  expect(category("{attribute: tier}")).toEqual(['workspace.yaml:4: category.attribute: unknown attribute "tier"']);
});

test("a source agrees with itself", () => {
  const source = (change: (text: string) => string) => mistakes({"workspace.yaml": workspace, "sources/orders.yaml": change(orders)}); // prettier-ignore
  expect(source((text) => text.replace("column: order_id", "column: orderid"))).toEqual([
    'sources/orders.yaml:7: id.column: unknown column "orderid": did you mean "order_id"?'
  ]);
  expect(source((text) => text.replace("from: customer,", "from: custmer,"))).toEqual([
    'sources/orders.yaml:8: identities.0.from: unknown column "custmer": did you mean "customer"?'
  ]);
  expect(source((text) => text.replace("time: day\n", ""))).toEqual([
    "sources/orders.yaml:10: events.0.time: missing: expected here, or `time` of the source, the time of the event"
  ]);
  expect(source((text) => text.replace(/^identities.*$/m, ""))).toEqual([
    "sources/orders.yaml:1: identities: missing: expected at least one, the primary one"
  ]);
  expect(
    source((text) => text.replace("primary: true}]", "primary: true}, {namespace: shop, from: shop, primary: true}]"))
  ).toEqual(["sources/orders.yaml:8: identities: expected one with primary: true, not 2"]);
  expect(source((text) => text.replace("shop: {}", "shop: {format: iso, min: 1}"))).toEqual([
    "sources/orders.yaml:6: columns.shop.format: of date and timestamp only, not of string",
    "sources/orders.yaml:6: columns.shop.min: of numbers, dates and timestamps, not of string"
  ]);
  expect(source((text) => `${text}files: [../orders.csv]\nkey: [order_id]\n`)).toEqual([
    'sources/orders.yaml:12: files.0: expected a path inside the landing folder, not "../orders.csv"',
    "sources/orders.yaml:13: key: of kind lookup only, not of kind events"
  ]);
  expect(source((text) => text.replace("{shop: shop}", "{who: {from: customer, publish: rows}}"))).toEqual([
    "sources/orders.yaml:11: events.0.properties.who.publish: expected none, not rows: customer is personal"
  ]);
});

test("sources agree with each other", () => {
  const members = `kind: profiles
columns: {customer: {}, since: {type: date}, shop: {type: integer}}
identities: [{namespace: customer, from: customer}]
time: since
attributes: {shop: shop}
`;
  const lookup = "kind: lookup\ntable: events\ncolumns: {sku: {}}\n";
  expect(
    mistakes({
      "workspace.yaml": workspace,
      "sources/members.yaml": members,
      "sources/orders.yaml": orders,
      "sources/products.yaml": lookup
    })
  ).toEqual([
    "sources/products.yaml:1: key: missing: a lookup needs the columns that name a row",
    "sources/products.yaml:2: table: expected another name than events: core.events is Tenfold's own",
    "sources/orders.yaml:11: events.0.properties.shop: expected type integer as in sources/members.yaml, not string"
  ]);
});

test("people are named by one namespace, or are other people", () => {
  const mail = (namespace: string) => `columns: {address: {}, day: {type: date}}
identities: [{namespace: ${namespace}, from: address}]
time: day
events: [{type: email.opened}]
`;
  const known = (more: Record<string, string>) =>
    mistakes({
      "workspace.yaml": workspace,
      "sources/orders.yaml": orders.replace("true}]", "true}, {namespace: email, from: shop}]"),
      ...more
    });
  expect(known({"sources/mail.yaml": mail("email")})).toEqual([
    "sources/mail.yaml:2: identities.0.namespace: people named by email here are named by customer in sources/orders.yaml: they would be counted twice; name them by customer here, too, or call this namespace otherwise if they are other people"
  ]);
  expect(known({"sources/mail.yaml": mail("provider"), "sources/more.yaml": mail("customer")})).toEqual([]);
});

test("a campaign that nobody can answer by what counts is warned of", () => {
  const warnings = (campaign: string) =>
    readWorkspace({
      data: folder({
        "workspace.yaml": workspace.replace("commerce.purchase", "loyalty.accrual"),
        "sources/orders.yaml": orders.replace("commerce.purchase", "loyalty.accrual"),
        "campaigns/spring.yaml": campaign
      })
    }).warnings.map(({file, line, message}) => `${file}:${line}: ${message}`);
  expect(warnings("name: Spring\nconversion: {window_days: 7}\n")).toEqual([
    "campaigns/spring.yaml:2: conversion: nobody will be counted: no source yields commerce.purchase, which counts unless `events` names others: there are loyalty.accrual"
  ]);
  expect(warnings("name: Spring\nconversion: {events: [loyalty.accrual]}\n")).toEqual([]);
});

test("a campaign names metrics, lookbacks and events that there are", () => {
  expect(
    mistakes({
      "workspace.yaml": workspace,
      "sources/orders.yaml": orders,
      "campaigns/autumn.yaml": "name: Autumn\nids: [a, b]\nranked_by: {metric: spent}\n",
      "campaigns/b.yaml":
        "name: B\nranked_by: {lookback: 2 months}\nmeasures: {visit: {events: [web.view], kind: rate}}\n"
    })
  ).toEqual([
    'campaigns/autumn.yaml:3: ranked_by.metric: unknown metric "spent": did you mean "spend"?',
    'campaigns/b.yaml:1: ids.0: "b" belongs to campaigns/autumn.yaml already',
    'campaigns/b.yaml:2: ranked_by.lookback: expected one of 1 month, 3 months, 6 months, 9 months, 12 months, lifetime, not "2 months"',
    'campaigns/b.yaml:3: measures.visit.events.0: no source yields event type "web.view": expected commerce.purchase'
  ]);
});

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "tenfold-workspace-"));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), {recursive: true});
    writeFileSync(join(root, name), text);
  }
  return root;
}

function mistakes(files: Record<string, string>): string[] {
  try {
    readWorkspace({data: folder(files)});
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.message.split("\n");
    throw error;
  }
}

test("every definition that comes with the project names its schema", () => {
  const files = readdirSync(join(projectRoot, "data"), {recursive: true, encoding: "utf8"}).filter((name) =>
    name.endsWith(".yaml")
  );
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const path = join(projectRoot, "data", file);
    const schema = /^# yaml-language-server: \$schema=(\S+\.json)\n/.exec(readFileSync(path, "utf8"))?.[1];
    expect(schema && existsSync(join(dirname(path), schema)), file).toBe(true);
  }
});
