import {afterEach, expect, test} from "vitest";
import {openLanding, type Landing} from "./landing.js";

let landing: Landing;
afterEach(() => landing.close());

/** Far more than the engine reads at a time, so that several threads have a part each. */
const count = 400_000;
const isBad = (row: number) => row % 39_999 === 7;
const currencies = ["USD", "EUR"];

function file(): string {
  const lines = ["order_id,customer,at,amount,channel,currency,note"];
  for (let row = 1; row <= count; ++row) {
    const amount = isBad(row) ? "many" : (row % 900) + 0.25;
    const channel = ["web", "shop", "app", "phone", "agency", "fair"][row % 6];
    lines.push(
      `o${row},c${row % 5000},2024-01-0${1 + (row % 9)},${amount},${channel},${currencies[row % 2]},some text that makes the record longer`
    );
  }
  return `${lines.join("\n")}\n`;
}

const source = (currency: string) => `
id: {rule: row}
columns:
  order_id: {required: true}
  customer: {required: true}
  at: {type: timestamp, required: true}
  amount: {type: decimal, required: true}
  channel: {values: [web, shop, app, phone, agency, fair]}
  currency: {}
identities: [{namespace: customer, from: customer, primary: true}]
time: at
events:
  - type: commerce.purchase
    value: amount
    ${currency}
    properties:
      order: order_id
      is_common: {from: "order_id in ('o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8')", type: boolean}
rejects: {max_percent: 100}
`;

const rates =
  "kind: lookup\nkey: [currency, date]\ncolumns: {currency: {}, date: {type: date}, rate: {type: number}}\n";

test.each([
  ["a list of values", "", undefined],
  ["exchange rates", "currency: currency", rates]
])("every row keeps its place in a large file, beside %s", async (_, currency, lookup) => {
  landing = await openLanding({
    workspace: "currency: USD\n",
    sources: {orders: source(currency), ...(lookup && {rates: lookup})}
  });
  if (lookup) landing.land("rates/rates.csv", "currency,date,rate\nEUR,2024-01-01,1.1\n");
  landing.land("orders/large.csv", file());
  await landing.ingest();
  const lines = await landing.database.rows<{line: number; raw: string}>(
    "select line, json_extract_string(raw, '$.order_id') as raw from landing.rejects order by line"
  );
  expect(lines).toEqual(
    Array.from({length: count}, (_, i) => i + 1)
      .filter(isBad)
      .map((row) => ({line: row + 1, raw: `o${row}`}))
  );
  // The rule `row` makes an event's id of its row's place.
  const places = await landing.database.row(
    `select count(*) as events, count(*) filter (properties."order" <> 'o' || ((event_id >> 8) & 4294967295)) as misplaced
     from core.events`
  );
  expect(places).toEqual({events: count - lines.length, misplaced: 0});
});

test("a row knows its place in a large file, past records that cannot be read", async () => {
  landing = await openLanding({
    sources: {
      orders: `
columns: {order_id: {}, customer: {}, channel: {values: [web, shop, app, phone, agency, fair]}, place: {from: _row, type: integer}}
identities: [{namespace: customer, from: customer, primary: true}]
time: {constant: "2024-01-01"}
events: [{type: commerce.purchase, properties: {order: order_id, place: place}}]
rejects: {max_percent: 100}
`
    }
  });
  const isRagged = (row: number) => row % 150_000 === 3;
  const channels = ["web", "shop", "app", "phone", "agency", "fair"];
  const lines = Array.from({length: count}, (_, i) =>
    isRagged(i + 1)
      ? "torn"
      : `o${i + 1},c${i % 5000},${channels[i % 6]},some text that makes the record longer than it is`
  );
  landing.land("orders/large.csv", `order_id,customer,channel,note\n${lines.join("\n")}\n`);
  await landing.ingest();
  expect(await landing.rejects()).toEqual(["4 too_few_fields", "150004 too_few_fields", "300004 too_few_fields"]);
  expect(
    await landing.database.row(
      "select count(*) as events, count(*) filter (properties.\"order\" <> 'o' || properties.place) as misplaced from core.events"
    )
  ).toEqual({events: count - 3, misplaced: 0});
});
