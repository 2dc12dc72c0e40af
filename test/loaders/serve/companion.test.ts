import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from "node:fs";
import {request as httpRequest} from "node:http";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {FastifyInstance, LightMyRequestResponse} from "fastify";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {refresh} from "../../../loaders/refresh.js";
import {companionApp, startCompanion} from "../../../loaders/serve/companion.js";
import {readWorkspace, type Workspace} from "../../../loaders/workspace.js";
import {makeFolder} from "../../folder.js";
import {shopOrders, shopWorkspace} from "../../shop.js";

const [host, origin, token] = ["127.0.0.1:4100", "http://127.0.0.1:3000", "s3cret"];
const sound = "name: Spenders\nrule: {metric: spend, lookback: lifetime, at_least: 20} # the few\n";
let workspace: Workspace;
let app: FastifyInstance;

beforeAll(async () => {
  workspace = readWorkspace({data: makeWorkspace()});
  await refresh(workspace);
  app = companionApp(workspace, {token, hosts: () => [host], origins: [origin]});
}, 60_000);

afterAll(async () => {
  await app.close();
  rmSync(workspace.root, {recursive: true, force: true});
});

interface Asked {
  headers?: Record<string, string | undefined>;
  body?: unknown;
}

/** A request as the preview's page sends it; headers given replace its own, undefined leaves one out. */
async function ask(method: string, url: string, {headers = {}, body}: Asked = {}): Promise<LightMyRequestResponse> {
  const own = {
    host,
    origin,
    authorization: `Bearer ${token}`,
    ...(body !== undefined && {"content-type": "application/json"})
  };
  const given = Object.entries({...own, ...headers}).filter(([, value]) => value !== undefined);
  return app.inject({
    method: method as "GET",
    url,
    headers: Object.fromEntries(given) as Record<string, string>,
    ...(body !== undefined && {payload: typeof body === "string" ? body : JSON.stringify(body)})
  });
}

const path = (name: string) => join(workspace.root, name);
const save = (id: string, text: string, version: string | null) =>
  ask("PUT", `/definitions/audiences/${id}`, {body: {text, version}});

describe("the companion's guard", () => {
  it("answers nobody who asks under another host's name, from another page, or without the token", async () => {
    const url = "/definitions/audiences/vip";
    for (const [headers, status] of [
      [{host: "evil.example:4100"}, 403],
      [{host: "127.0.0.1:4101"}, 403],
      [{origin: "http://evil.example"}, 403],
      [{origin: "http://127.0.0.1:3001"}, 403],
      [{origin: "null"}, 403],
      [{origin: undefined}, 403],
      [{authorization: undefined}, 401],
      [{authorization: "Bearer wrong!"}, 401],
      [{authorization: token}, 401]
    ] as const) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "GET" ? undefined : {text: sound, version: null};
        const answer = await ask(method, url, {headers, body});
        expect([headers, answer.statusCode]).toEqual([headers, status]);
        expect(answer.body).not.toContain("name:");
      }
    }
    expect(() => readFileSync(path("audiences/vip.yaml"))).toThrow("ENOENT");
  });

  it("tells a browser's preflight that the preview's pages may ask, and no others", async () => {
    const ours = await ask("OPTIONS", "/count", {headers: {authorization: undefined}});
    expect(ours.statusCode).toBe(204);
    expect(ours.headers["access-control-allow-origin"]).toBe(origin);
    const theirs = await ask("OPTIONS", "/count", {headers: {authorization: undefined, origin: "http://evil.example"}});
    expect(theirs.statusCode).toBe(403);
    expect(theirs.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("takes JSON only, not what a form of another page could send unasked, and not without end", async () => {
    const url = "/definitions/audiences/vip";
    const body = JSON.stringify({text: sound, version: null});
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      expect((await ask("PUT", url, {headers: {"content-type": type}, body})).statusCode).toBe(415);
    }
    expect((await ask("PUT", url, {body: "{"})).statusCode).toBe(400);
    expect((await ask("PUT", url, {body: {text: sound}})).json().error).toContain("version");
    expect((await ask("PUT", url, {body: {text: "x".repeat(7_000_000), version: null}})).statusCode).toBe(413);
    const long = await ask("PUT", url, {body: {text: `name: ${"x".repeat(2_000_000)}`, version: null}});
    expect([long.statusCode, long.json().error]).toEqual([422, expect.stringContaining("at most 1000000 characters")]);
  });

  it("listens on loopback under a port of its own, with another token each time", async () => {
    const [one, two] = await Promise.all([3000, 3000].map((pages) => startCompanion(workspace, {pages})));
    const get = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const sent = httpRequest(`${one!.url}/definitions/audiences/none`, {headers}, (answer) => {
          answer.resume().on("end", () => resolve(answer.statusCode!));
        });
        sent.on("error", reject).end();
      });
    try {
      expect(one!.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(one!.token).toHaveLength(43);
      expect(one!.token).not.toBe(two!.token);
      expect(await get({origin, authorization: `Bearer ${one!.token}`})).toBe(404);
      expect(await get({origin, authorization: `Bearer ${two!.token}`})).toBe(401);
      expect(await get({origin, authorization: `Bearer ${one!.token}`, host: "evil.example"})).toBe(403);
    } finally {
      await Promise.all([one!.close(), two!.close()]);
    }
  });
});

describe("definitions", () => {
  it("saves a new audience, gives it back, saves it again and removes it", async () => {
    const created = await save("vip", sound, null);
    expect([created.statusCode, created.json().file]).toEqual([200, "audiences/vip.yaml"]);
    expect(readFileSync(path("audiences/vip.yaml"), "utf8")).toBe(sound);
    const read = (await ask("GET", "/definitions/audiences/vip")).json();
    expect(read).toEqual({id: "vip", file: "audiences/vip.yaml", text: sound, version: created.json().version});
    const changed = await save("vip", sound.replace("20", "30"), read.version);
    expect(changed.statusCode).toBe(200);
    expect(readFileSync(path("audiences/vip.yaml"), "utf8")).toContain("at_least: 30");
    const removed = await ask("DELETE", "/definitions/audiences/vip", {body: {version: changed.json().version}});
    expect(removed.statusCode).toBe(200);
    expect((await ask("GET", "/definitions/audiences/vip")).statusCode).toBe(404);
    expect(readdirSync(path("audiences"))).toEqual([]);
  });

  it("does not write over what somebody else has written, and shows it", async () => {
    const {version} = (await save("shared", sound, null)).json();
    writeFileSync(path("audiences/shared.yaml"), sound.replace("Spenders", "Mine"));
    const late = await save("shared", sound.replace("Spenders", "Yours"), version);
    expect(late.statusCode).toBe(409);
    expect(late.json()).toMatchObject({
      error: "audiences/shared.yaml: it has changed since it was opened",
      text: sound.replace("Spenders", "Mine")
    });
    expect((await save("shared", sound, null)).json().error).toContain("there is a file of this name already");
    rmSync(path("audiences/shared.yaml"));
    const gone = await save("shared", sound, version);
    expect([gone.statusCode, gone.json().version]).toEqual([409, null]);
    expect((await ask("DELETE", "/definitions/audiences/shared", {body: {version: null}})).statusCode).toBe(404);
  });

  it("says what is wrong by file and line, and writes nothing", async () => {
    const wrong = "name: Wrong\nrule:\n  all:\n    - {metric: spned, lookback: lifetime, at_least: 1}\n";
    const answer = await save("wrong", wrong, null);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      error: expect.stringMatching(/^audiences\/wrong\.yaml:4: .*unknown metric "spned": did you mean "spend"\?$/),
      mistakes: [{file: "audiences/wrong.yaml", line: 4, path: "rule.all.0"}]
    });
    expect(readdirSync(path("audiences"))).toEqual([]);
    const asked = await ask("POST", "/definitions/audiences/wrong/check", {body: {text: wrong}});
    expect(asked.json().mistakes).toHaveLength(1);
    expect((await ask("POST", "/definitions/audiences/fine/check", {body: {text: sound}})).json()).toEqual({
      mistakes: []
    });
  });

  it("does not hold the mistakes of other files against this one, unless they keep it from being judged", async () => {
    writeFileSync(path("audiences/other.yaml"), "name: Other\nrule: {attribute: nothing, is: 1}\n");
    expect((await save("mine", sound, null)).statusCode).toBe(200);
    const source = readFileSync(path("sources/orders.yaml"), "utf8");
    writeFileSync(path("sources/orders.yaml"), `${source}nonsense: true\n`);
    const answer = await save("mine2", sound, null);
    writeFileSync(path("sources/orders.yaml"), source);
    expect([answer.statusCode, answer.json().mistakes[0].file]).toEqual([422, "sources/orders.yaml"]);
    for (const name of ["other", "mine"]) rmSync(path(`audiences/${name}.yaml`));
  });

  it("checks a campaign against the other definitions, too", async () => {
    const text = "name: Spring\nfrom: 2024-01-01\nconversion: {events: [commerce.purchse]}\n";
    const answer = await ask("PUT", "/definitions/campaigns/spring", {body: {text, version: null}});
    expect([answer.statusCode, answer.json().error]).toEqual([
      422,
      expect.stringMatching(/campaigns\/spring\.yaml:\d/)
    ]);
  });

  it("refuses every name that is none, and every way out of the folder", async () => {
    mkdirSync(path("audiences"), {recursive: true});
    for (const id of [
      "..%2fworkspace",
      "..%2f..%2fetc%2fpasswd",
      "a%2fb",
      "a%5cb",
      "A",
      ".hidden",
      "a%00",
      "a.yaml",
      "a".repeat(80)
    ]) {
      expect([id, (await save(id, sound, null)).statusCode]).toEqual([id, 400]);
    }
    for (const url of [
      "/definitions/sources/orders",
      "/definitions/warehouse/key",
      "/definitions/audiences/%2e%2e",
      "/definitions/..%2f/x",
      "/definitions",
      "/../key"
    ]) {
      expect([url, (await ask("GET", url)).statusCode]).toEqual([url, 404]);
    }
    expect(readdirSync(path("audiences"))).toEqual([]);
  });

  it("follows no link out of the workspace", async () => {
    const outside = mkdtempSync(join(tmpdir(), "tenfold-outside-"));
    writeFileSync(join(outside, "secret.yaml"), "name: Secret\n");
    symlinkSync(join(outside, "secret.yaml"), path("audiences/secret.yaml"));
    expect((await ask("GET", "/definitions/audiences/secret")).statusCode).toBe(403);
    expect((await save("secret", sound, null)).statusCode).toBe(403);
    symlinkSync(outside, path("campaigns"));
    expect((await ask("GET", "/definitions/campaigns/secret")).statusCode).toBe(403);
    expect(readFileSync(join(outside, "secret.yaml"), "utf8")).toBe("name: Secret\n");
    for (const name of ["audiences/secret.yaml", "campaigns"]) unlinkSync(path(name));
    rmSync(outside, {recursive: true});
  });
});

describe("an audience's life", () => {
  const step = (id: string, body: object) => ask("POST", `/audiences/${id}/state`, {body});

  it("takes the checked steps, names what uses an audience, and lets another take its place", async () => {
    await save("old", sound, null);
    await save("heir", "name: Heir\nrule: {metric: spend, lookback: lifetime, at_least: 10}\n", null);
    await save("user", "# keeps\nname: User\nrule: {audience: old} # this\n", null);
    const life = (await ask("GET", "/audiences/old")).json();
    expect(life).toMatchObject({
      state: "published",
      dependents: [{kind: "audience", id: "user", file: "audiences/user.yaml"}],
      others: expect.arrayContaining([{id: "heir", name: "Heir", state: "published"}])
    });
    for (const to of ["inactive", "deleted"]) {
      const answer = await step("old", {to});
      expect([answer.statusCode, answer.json().dependents]).toEqual([409, life.dependents]);
      expect(answer.json().error).toContain("audience user (audiences/user.yaml)");
    }
    expect((await step("old", {to: "published"})).statusCode).toBe(422);
    expect((await step("old", {to: "deleted", replaceBy: "nobody"})).json().error).toContain(
      'unknown audience "nobody"'
    );
    const done = await step("old", {to: "deleted", replaceBy: "heir"});
    expect([done.statusCode, done.json()]).toEqual([
      200,
      {id: "old", to: "deleted", from: "published", replaced: life.dependents}
    ]);
    expect(readFileSync(path("audiences/user.yaml"), "utf8")).toBe(
      "# keeps\nname: User\nrule: {audience: heir} # this\n"
    );
    expect((await ask("GET", "/audiences/old")).statusCode).toBe(404);
    expect((await step("user", {to: "inactive"})).json()).toMatchObject({from: "published", replaced: []});
    expect((await step("user", {to: "published"})).json()).toMatchObject({from: "inactive"});
    for (const id of ["user", "heir"]) expect((await step(id, {to: "deleted"})).statusCode).toBe(200);
  });

  it("leaves the workspace's folder to nobody, and takes no step without the token", async () => {
    for (const id of ["..%2Fworkspace", "%2e%2e", "none"]) {
      expect([id, (await step(id, {to: "deleted"})).statusCode]).toEqual([id, 404]);
    }
    expect((await step("none", {to: "draft"})).statusCode).toBe(400);
    const bare = await ask("POST", "/audiences/none/state", {
      headers: {authorization: undefined},
      body: {to: "deleted"}
    });
    expect(bare.statusCode).toBe(401);
  });
});

describe("counting in the warehouse", () => {
  it("counts a rule on personal fields exactly, with its value and funnel, and shows no person", async () => {
    const rule = {
      all: [
        {attribute: "email", ends_with: "@x.org"},
        {metric: "spend", lookback: "lifetime", at_least: 20}
      ]
    };
    const answer = await ask("POST", "/count", {body: {rule}});
    expect(answer.json()).toMatchObject({
      count: 2,
      value: 50,
      base: 3,
      asOf: "2024-01-04T00:00:00.000Z",
      method: "exact",
      funnel: {n0: 2, n1: 3, n2: 2, left0: 3, left1: 2}
    });
    expect(answer.body).not.toContain("@");
  });

  it("counts conditions on events and sequences over every event, published or not", async () => {
    const bought = {event: "commerce.purchase", sum: "value", at_least: 20};
    const answer = await ask("POST", "/count", {
      body: {rule: {all: [bought, {attribute: "email", ends_with: "@x.org"}]}}
    });
    expect(answer.json()).toMatchObject({count: 2, value: 50, funnel: {n1: 2, n2: 3, left1: 2}});
    const never = {sequence: [{event: "commerce.purchase"}, {no_event: "commerce.purchase"}]};
    expect((await ask("POST", "/count", {body: {rule: never}})).json().count).toBe(3);
  });

  it("says what is wrong with a rule by its place in the tree", async () => {
    const answer = await ask("POST", "/count", {body: {rule: {all: [{attribute: "emial", is: "a"}]}}});
    expect([answer.statusCode, answer.json().error]).toEqual([
      422,
      'rule.all[1]: unknown attribute "emial": did you mean "email"?'
    ]);
    expect((await ask("POST", "/count", {body: {rule: {sql: "1=1"}}})).statusCode).toBe(400);
  });

  it("counts what the newest refresh left, however often it is asked meanwhile", async () => {
    const body = {rule: {all: []}};
    expect((await ask("POST", "/count", {body})).json().count).toBe(3);
    writeFileSync(join(workspace.landing, "orders/late.csv"), "id,customer,day,amount\n9,z@x.org,2024-01-04,5\n");
    const [, during] = await Promise.all([refresh(workspace), ask("POST", "/count", {body})]);
    expect([3, 4]).toContain(during.json().count);
    expect((await ask("POST", "/count", {body})).json().count).toBe(4);
  }, 60_000);
});

function makeWorkspace(): string {
  return makeFolder({
    "workspace.yaml": shopWorkspace,
    "sources/orders.yaml": shopOrders,
    "sources/members.yaml": `kind: profiles
columns: {email: {personal: true}}
identities: [{namespace: email, from: email, primary: true}]
time: {constant: 2024-01-01}
attributes: {email: email}
`,
    "landing/orders/orders.csv":
      "id,customer,day,amount\n1,a@x.org,2024-01-01,10\n2,b@x.org,2024-01-02,20\n3,c@x.org,2024-01-03,30\n",
    "landing/members/members.csv": "email\na@x.org\nb@x.org\nc@x.org\n"
  });
}
