import {expect, test} from "vitest";
import type {z} from "zod";
import {campaignDefinition} from "../../../lib/definitions/campaign.js";
import {checkDefinition} from "../../../lib/definitions/check.js";
import {modelHeader} from "../../../lib/definitions/model.js";
import {sourceDefinition} from "../../../lib/definitions/source.js";
import {workspaceDefinition} from "../../../lib/definitions/workspace.js";

const metrics = `metrics: {spend: {events: [commerce.purchase], expression: sum(value)}}`;

test("every mistake of a source is reported at once, in the file's order", () => {
  const text = `kind: event
files: []
columnss: {}
columns:
  Amount: {type: string}
  amount:
    type: decmal
    min: []
    requird: yes
  empty:
  code: {required: yes, pattern: 5, max_length: 0}
id: {rule: colum}
time: {constnt: 1}
time_zone: Europe/Berlim
events:
  - type: purchase
    value: [1]
  - type: {sql: a}
  - when: x
rejects: {max_percent: 200, max_count: -1}
dialect: {delimiter: ";;", header: 1}
identities: customer
unknown_columns: fial
currency: eur
`;
  expect(mistakes(sourceDefinition, text)).toEqual([
    '1: kind: expected events, profiles or lookup, not "event": did you mean "events"?',
    "2: files: expected at least 1 item, not []",
    '3: columnss: unknown key "columnss": did you mean "columns"?',
    '5: columns.Amount: expected a lower-case name such as order_value, not "Amount"',
    '7: columns.amount.type: expected string, integer, decimal, number, boolean, date or timestamp, not "decmal": did you mean "decimal"?',
    "8: columns.amount.min: expected a number or text, not []",
    '9: columns.amount.requird: unknown key "requird": did you mean "required"?',
    "10: columns.empty: expected a mapping, not null",
    '11: columns.code.required: expected true or false, not "yes"',
    "11: columns.code.pattern: expected text, not 5",
    "11: columns.code.max_length: expected a whole number from 1, not 0",
    '12: id.rule: expected column, columns, content or row, not "colum": did you mean "column"?',
    "13: time.constant: missing: expected text, a number or true or false",
    '13: time.constnt: unknown key "constnt": did you mean "constant"?',
    '14: time_zone: expected an IANA time zone such as Europe/Berlin, not "Europe/Berlim": did you mean "Europe/Berlin"?',
    '16: events.0.type: expected a dotted event type such as commerce.purchase or {sql: …, values: …}, not "purchase"',
    "17: events.0.value: expected text that is not empty or {constant: …}, not [1]",
    "18: events.1.type.values: missing: expected a list, each a dotted event type such as commerce.purchase",
    "19: events.2.type: missing: expected a dotted event type such as commerce.purchase or {sql: …, values: …}",
    "20: rejects.max_percent: expected a number from 0 to 100, not 200",
    "20: rejects.max_count: expected a whole number from 0, not -1",
    '21: dialect.delimiter: expected one character, not ";;"',
    "21: dialect.header: expected true or false, not 1",
    '22: identities: expected a list, each a mapping, not "customer"',
    '23: unknown_columns: expected warn, ignore or fail, not "fial": did you mean "fail"?',
    '24: currency: expected a three-letter currency code such as EUR, not "eur"'
  ]);
});

test("every mistake of a workspace is reported at once", () => {
  const text = `name: ""
lookbacks: [12 month, 1 fortnight]
buckets: 1.5
metrics:
  Revenue: {events: [commerce.purchase], expression: sum(value)}
  orders: {events: commerce.purchase, expression: average(value), sign: nett, buckets: 1}
  nothing:
category: {attribute: tier, property: x}
as_of: yesterday
publish: {max_bytes: huge, mode: row}
engine: {memory_limit: lots}
time_zone: 3
history: 1000
`;
  expect(mistakes(workspaceDefinition, text)).toEqual([
    '1: name: expected text that is not empty, not ""',
    '2: lookbacks.1: expected a window such as "12 months", "90 days" or "lifetime", not "1 fortnight"',
    "3: buckets: expected a whole number from 2 to 100, not 1.5",
    '5: metrics.Revenue: expected a lower-case name such as order_value, not "Revenue"',
    '6: metrics.orders.events: expected a list, each a dotted event type such as commerce.purchase, not "commerce.purchase"',
    '6: metrics.orders.expression: expected an expression such as sum(value), count(*), distinct(properties.sku) or forecast(value), not "average(value)"',
    '6: metrics.orders.sign: expected gross or net, not "nett": did you mean "net"?',
    "6: metrics.orders.buckets: expected a whole number from 2 to 100, not 1",
    "7: metrics.nothing: expected a mapping, not null",
    '8: category: expected either attribute or property, not {"attribute":"tier","property":"x"}',
    '9: as_of: expected last_complete_day or a date such as 2025-12-31, not "yesterday"',
    '10: publish.mode: expected rows or aggregate, not "row": did you mean "rows"?',
    '10: publish.max_bytes: expected a whole number from 1000000 or a size of at least 1 MB such as 64 MB, not "huge"',
    '11: engine.memory_limit: expected a size such as 4 GB, not "lots"',
    "12: time_zone: expected an IANA time zone such as Europe/Berlin, not 3",
    "13: history: expected a whole number from 0 to 240, not 1000"
  ]);
});

test("a campaign's mistakes are said in words", () => {
  const text = `sent_at: 2024-13-01
windows: [0, 7, x]
measures: {rev: {events: [], kind: avg}}
arms: {A: {holdout: maybe}}
conversion: commerce.purchase
cost_per_sent: 1
`;
  expect(mistakes(campaignDefinition, text)).toEqual([
    "1: name: missing: expected text that is not empty",
    '1: sent_at: expected a time such as 2025-12-31T09:00:00Z or a date such as 2025-12-31, not "2024-13-01"',
    "2: windows.0: expected a whole number from 1 to 730, not 0",
    '2: windows.2: expected a whole number from 1 to 730, not "x"',
    "3: measures.rev.events: expected at least 1 item, not []",
    '3: measures.rev.kind: expected rate or mean, not "avg"',
    '4: arms.A: expected a lower-case name such as spring-bonus, not "A"',
    '5: conversion: expected {events: …, window_days: …}, not "commerce.purchase"',
    '6: cost_per_sent: unknown key "cost_per_sent": did you mean "cost_per_send"?'
  ]);
});

test("of a model's tests, the one that was meant is explained", () => {
  const text = `name: orders
description: d
grain: one
columns: {a: {descripton: x}}
tests: [{uniqe: a}, {accepted_values: {colum: a, values: []}}, not_null]
refresh: fuller
`;
  expect(mistakes(modelHeader, text)).toEqual([
    '1: name: expected schema.table, not "orders"',
    '4: columns.a.descripton: unknown key "descripton": did you mean "description"?',
    "5: tests.0.unique: missing: expected a lower-case name such as order_value or a list, each a lower-case name such as order_value",
    '5: tests.0.uniqe: unknown key "uniqe": did you mean "unique"?',
    "5: tests.1.accepted_values.column: missing: expected a lower-case name such as order_value",
    '5: tests.1.accepted_values.colum: unknown key "colum": did you mean "column"?',
    '5: tests.2: expected {unique: …}, {not_null: …}, {accepted_values: …}, {relationship: …} or {expression: …}, not "not_null"',
    '6: refresh: expected full or {partition: …}, not "fuller": did you mean "full"?'
  ]);
});

test("what is no YAML is said with its line", () => {
  expect(mistakes(workspaceDefinition, `name: a\nname: b`)).toEqual(["2: name: stands twice in one mapping"]);
  expect(mistakes(workspaceDefinition, `name: a\n\tb: 1`)).toEqual(["2: a tab indents this line: expected spaces"]);
  expect(mistakes(workspaceDefinition, `name: a\n---\nname: b`)).toEqual([
    "2: a second document begins here: expected one"
  ]);
  expect(mistakes(workspaceDefinition, `name: [a\nb: 1`)[0]).toMatch(/^2: not YAML: flow sequence/);
  expect(mistakes(workspaceDefinition, `name: !secret x\n${metrics}`)).toEqual([
    "1: not YAML: unresolved tag: !secret"
  ]);
});

test("an empty file and a list are told what was expected", () => {
  expect(mistakes(workspaceDefinition, "")).toEqual([
    "1: name: missing: expected text that is not empty",
    "1: metrics: missing: expected a mapping"
  ]);
  expect(mistakes(workspaceDefinition, "- a\n- b")).toEqual(['1: expected a mapping, not ["a","b"]']);
});

test("anchors that unfold without end, and files without end, are refused", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", ..."bcdefg".split("").map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdef"[i]}`).join(", ")}]`)].join("\n"); // prettier-ignore
  expect(mistakes(workspaceDefinition, bomb)).toEqual(["1: expected at most 100 uses of anchors"]);
  expect(mistakes(workspaceDefinition, `name: ${"x".repeat(1_000_001)}`)).toEqual([
    "1: expected at most 1000000 characters, not 1000007"
  ]);
});

test("a byte order mark, comments, anchors and merged keys are fine", () => {
  const text = `\uFEFF# mine
name: Shop
metrics:
  spend: &spend {events: [commerce.purchase], expression: sum(value)}
  gross: {<<: *spend, sign: gross}
`;
  expect(mistakes(workspaceDefinition, text)).toEqual([]);
});

test("lines count from where the text begins in its file", () => {
  const found = checkDefinition("a.sql", "name: x\n", modelHeader, {firstLine: 3}).mistakes;
  expect(found.map(({file, line}) => `${file}:${line}`)).toEqual(["a.sql:3", "a.sql:3", "a.sql:3"]);
});

function mistakes(schema: z.ZodType, text: string): string[] {
  return checkDefinition("f.yaml", text, schema).mistakes.map(({line, message}) => `${line}: ${message}`);
}
