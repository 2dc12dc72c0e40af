import {afterAll, beforeAll, expect, test} from "vitest";
import {refresh} from "../../../loaders/refresh.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {openShop, type Shop} from "../commands/shop.js";

let shop: Shop;

beforeAll(async () => {
  shop = openShop({
    "workspace.yaml":
      "name: Shop\ncurrency: EUR\nhistory: 2\nlookbacks: [lifetime]\nmetrics: {spend: {events: [commerce.purchase], expression: sum(value), unit: money}}\n",
    "landing/orders/orders.csv":
      "id,customer,day,amount\n1,a@x.org,2023-12-05,10\n2,b@x.org,2023-12-06,20\n3,c@x.org,2024-01-04,30\n4,a@x.org,2024-01-04,90\n",
    "audiences/early.yaml": "name: Early\nrule: {metric: spend, lookback: lifetime, at: 2024-01-01, at_least: 15}\n",
    "audiences/risen.yaml": `name: Risen
rule:
  all:
    - {metric: spend, lookback: lifetime, at: 2024-01-01, at_most: 15}
    - {metric: spend, lookback: lifetime, at_least: 50}
`
  });
  await refresh(readWorkspace({data: shop.root}));
});

afterAll(() => shop.close());

test("a refresh finds who was worth so much at an earlier instant of the calendar", async () => {
  const members = await shop.look((database) =>
    database.rows(
      `select audience_id, identities.value from derived.audience_now as now
       join core.identities on identity_id = now.profile_id order by all`
    )
  );
  expect(members).toEqual([
    {audience_id: "early", value: "b@x.org"},
    {audience_id: "risen", value: "a@x.org"}
  ]);
});
