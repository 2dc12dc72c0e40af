import {existsSync, rmSync} from "node:fs";
import {join} from "node:path";
import type {FastifyInstance} from "fastify";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {refresh} from "../../../loaders/refresh.js";
import {sendAudience} from "../../../loaders/sending.js";
import {companionApp} from "../../../loaders/serve/companion.js";
import {readWorkspace} from "../../../loaders/workspace.js";
import {makeFolder} from "../../folder.js";
import {shopOrders, shopWorkspace} from "../../shop.js";
import {publishedRows} from "../../published.js";

const headers = {host: "127.0.0.1:4100", origin: "http://127.0.0.1:3000", authorization: "Bearer s3cret"};
const people = Array.from({length: 20}, (_, i) => `p${i + 1}@shop.example`);
const read = () => readWorkspace({data: folder});
let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = makeFolder({
    "workspace.yaml": shopWorkspace,
    "sources/orders.yaml": shopOrders,
    "sources/members.yaml":
      "kind: profiles\ncolumns: {email: {personal: true}, letters: {type: boolean}}\nidentities: [{namespace: email, from: email, primary: true}]\ntime: {constant: 2024-01-01}\nattributes: {email: email, letters: letters}\n",
    "audiences/buyers.yaml": "name: Buyers\nrule: {metric: spend, lookback: lifetime, at_least: 1}\n",
    "campaigns/spring.yaml":
      "name: Spring\narms: {mail: {share: 3}, holdout: {share: 1, holdout: true}}\nconversion: {window_days: 30}\n",
    "destinations/files.yaml":
      "name: Files\nkind: folder\npath: out\nfields: {email: email}\nconsent: letters\ndeliveries: [{audience: buyers, schedule: 0 6 1 1 *, until: 2020-01-01}]\n",
    "destinations/hook.yaml":
      "name: Hook\nkind: webhook\nurl: https://hooks.internal.example/x\nsecret_env: NO_SUCH_SECRET\nfields: {email: email}\n",
    "landing/members/members.csv": `email,letters\n${people.map((email, i) => `${email},${i >= 4}`).join("\n")}\n`,
    "landing/orders/orders.csv": `id,customer,day,amount\n${people.map((email, i) => `${i},${email},2024-01-${String(i + 1).padStart(2, "0")},10`).join("\n")}\n`
  });
  await refresh(read());
  app = companionApp(read(), {token: "s3cret", hosts: () => [headers.host], origins: [headers.origin]});
}, 60_000);

afterAll(async () => {
  await app.close();
  rmSync(folder, {recursive: true, force: true});
});

const ask = async (url: string, payload: object) => {
  const answer = await app.inject({method: "POST", url, headers, payload});
  return {status: answer.statusCode, body: answer.json() as Record<string, unknown>};
};
const published = (name: string) => publishedRows(read().warehouse, name);

describe("POST /dry-run", () => {
  it("says what would be sent, why others not, and shows no address; it sends and writes nothing", async () => {
    const {status, body} = await ask("/dry-run", {audience: "buyers", destination: "files"});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      members: 20,
      actions: {add: 16, update: 0, remove: 0},
      exclusions: [{reason: "no_consent", profiles: 4}]
    });
    expect(body.rows).toHaveLength(16);
    expect(JSON.stringify(body)).not.toContain("shop.example");
    expect(existsSync(join(folder, "out"))).toBe(false);
    expect(existsSync(join(folder, "destinations/files.sent.json"))).toBe(false);
  });

  it("plans definitions that are not saved yet, with the power of their holdout", async () => {
    const edits = [
      {kind: "campaigns", id: "summer", text: "name: Summer\narms: {mail: {share: 1}, holdout: {share: 1, holdout: true}}\nconversion: {window_days: 7}\n"}, // prettier-ignore
      {kind: "destinations", id: "other", text: "name: Other\nkind: folder\npath: elsewhere\nfields: {id: id}\n"}
    ];
    const {body} = await ask("/dry-run", {audience: "buyers", destination: "other", campaign: "summer", edits});
    const {exclusions, actions, power} = body as unknown as {
      exclusions: {reason: string; profiles: number}[];
      actions: {add: number};
      power: {heldOut: number; treated: number; windowDays: number};
    };
    const [{reason, profiles}] = exclusions as [{reason: string; profiles: number}];
    expect(reason).toBe("held_out");
    expect(actions.add + profiles).toBe(20);
    expect(power).toMatchObject({heldOut: profiles, treated: actions.add, windowDays: 7});
    expect(existsSync(join(folder, "destinations/other.yaml"))).toBe(false);
  });

  it("says what is wrong, by file and line", async () => {
    const edits = [
      {kind: "destinations", id: "other", text: "name: Other\nkind: folder\npath: x\nfields: {id: idd}\n"}
    ];
    const wrong = await ask("/dry-run", {audience: "buyers", destination: "other", edits});
    expect([wrong.status, (wrong.body.mistakes as {file: string; line: number}[])[0]]).toMatchObject([422, {file: "destinations/other.yaml", line: 4}]); // prettier-ignore
    const unknown = await ask("/dry-run", {audience: "buyer", destination: "files"});
    expect([unknown.status, unknown.body.error]).toEqual([422, expect.stringContaining('did you mean "buyers"')]);
  });
});

describe("POST /destinations/:id/check", () => {
  it("asks a destination, and names a secret that is missing", async () => {
    expect(await ask("/destinations/files/check", {})).toMatchObject({status: 200, body: {health: expect.any(String)}});
    const {status, body} = await ask("/destinations/hook/check", {});
    expect([status, body.error]).toEqual([502, expect.stringContaining("NO_SUCH_SECRET")]);
  });
});

describe("the files of the Activation page", () => {
  it("tell of destinations, schedules and base rates before anything is sent", () => {
    expect(published("activation_destinations")).toMatchObject([
      {destination_id: "files", kind: "folder", fields: "email", has_consent: true, deliveries: 0, last_at: null},
      {destination_id: "hook", kind: "webhook", deliveries: 0, last_status: null}
    ]);
    expect(published("activation_schedules")).toMatchObject([{destination_id: "files", audience_id: "buyers", schedule: "0 6 1 1 *", last_status: null}]); // prettier-ignore
    expect(published("activation_campaigns")).toMatchObject([{campaign_id: "spring", arms: 2, held_out: 0.25}]);
    expect(published("activation_deliveries")).toEqual([]);
    // Orders are of 1 to 20 January, a day each; as-of is the midnight after the last.
    const rates = published("activation_rates").map((row) => [row.campaign_id, row.window_days, row.profiles, row.converted]); // prettier-ignore
    expect(rates).toEqual([["", 7, 20, 7], ["", 14, 20, 14], ["", 30, 20, 20], ["", 60, 20, 20], ["spring", 30, 20, 20]]); // prettier-ignore
    // Seven of twenty spent 10 each: 3.5 a head, and a variance of (7 × 100 - 20 × 3.5²) / 19.
    const [week] = published("activation_rates");
    expect([week!.spent, week!.mean, week!.deviation]).toEqual([7, 3.5, expect.closeTo(Math.sqrt(455 / 19), 10)]);
  });

  it("count a delivery by outcome and reason, and name nobody and no host", async () => {
    const {deliveryId, actions} = await sendAudience(read(), {audience: "buyers", destination: "files", campaign: "spring"}); // prettier-ignore
    await refresh(read());
    const [held, none] = [20 - 4 - actions.add, 4];
    expect(published("activation_outcomes")).toEqual([
      {delivery_id: deliveryId, outcome: "added", reason: "", profiles: actions.add},
      {delivery_id: deliveryId, outcome: "held_out", reason: "held_out", profiles: held},
      {delivery_id: deliveryId, outcome: "suppressed", reason: "no_consent", profiles: none}
    ]);
    expect(published("activation_standing")).toEqual([{destination_id: "files", audience_id: "buyers", state: "there", profiles: actions.add}]); // prettier-ignore
    expect(published("activation_destinations")[0]).toMatchObject({deliveries: 1, last_status: "done"});
    expect(published("activation_deliveries")).toMatchObject([{delivery_id: deliveryId, status: "done", members: 20}]);
    const names = ["destinations", "schedules", "deliveries", "outcomes", "standing", "rates", "campaigns"];
    const all = names.map((name) => JSON.stringify(published(`activation_${name}`))).join();
    expect(all).not.toMatch(/shop\.example|internal\.example|NO_SUCH_SECRET/);
  }, 60_000);
});
