import {expect, test} from "vitest";
import {checkDefinition} from "../../../lib/definitions/check.js";
import {crossDestination} from "../../../lib/definitions/crossDestination.js";
import {campaignDefinition} from "../../../lib/definitions/campaign.js";
import {destinationDefinition, keyFields} from "../../../lib/definitions/destination.js";
import type {Definitions, Located} from "../../../lib/definitions/located.js";
import {sourceDefinition} from "../../../lib/definitions/source.js";
import {workspaceDefinition} from "../../../lib/definitions/workspace.js";

const located = <T>(id: string, value: T): Located<T> => ({
  id,
  file: `${id}.yaml`,
  value,
  mistake: (path, message) => ({file: id, line: 1, path: path.join("."), message}),
  says: () => true
});

const definitions: Definitions = {
  workspace: located(
    "workspace",
    workspaceDefinition.parse({
      name: "Shop",
      lookbacks: ["12 months"],
      metrics: {spend: {events: ["commerce.purchase"], expression: "sum(value)"}}
    })
  ),
  sources: [
    located(
      "members",
      sourceDefinition.parse({
        kind: "profiles",
        columns: {id: {}, email: {}, tier: {}},
        identities: [{namespace: "member", from: "id", primary: true}],
        attributes: {email: "email", tier: "tier"}
      })
    )
  ],
  campaigns: [located("spring", campaignDefinition.parse({name: "Spring"}))],
  destinations: []
};

/** The mistakes of a destination's text: those of its schema, or else those of what it names. */
function mistakes(text: string): string[] {
  const {value, ...checked} = checkDefinition("destinations/x.yaml", text, destinationDefinition);
  const found = value ? crossDestination({...checked, id: "x", file: "x", value}, definitions, new Set(["rising"])) : checked.mistakes; // prettier-ignore
  return found.map(({line, message}) => `${line}: ${message}`);
}

const smtp = `name: News
kind: smtp
host: mail.example.com
from: News <news@example.com>
subject: "Hello {{first}}"
text: "Dear {{first}}, {{send_id}}"
unsubscribe: {url: "https://example.com/out/{{send_id}}"}
fields: {email: email, first: tier}
`;

test("what stands where a secret's name belongs is never shown", () => {
  for (const secret of ["hunter2-hunter2", "1234567890", "[hunter2]", "{env: hunter2}"]) {
    const found = mistakes(
      `name: X\nkind: webhook\nurl: https://example.com\nfields: {id: id}\nsecret_env: ${secret}\n`
    );
    expect(found).toEqual([
      "5: secret_env: expected the name of an environment variable such as PARTNER_PASSWORD: secrets come from the environment, never from a file"
    ]);
  }
  const inAddress = mistakes(`name: X\nkind: webhook\nurl: https://u:hunter2@example.com\nfields: {id: id}\nsecret_env: A\n`); // prettier-ignore
  expect(inAddress.join()).toMatch(/url: expected an address such as/);
  expect(inAddress.join()).not.toContain("hunter2");
  const key = mistakes(
    `name: X\nkind: webhook\nurl: https://e.com\nfields: {id: id}\nsecret_env: A\npassword: hunter2\n`
  );
  expect(key).toEqual([expect.stringContaining('unknown key "password"')]);
  expect(key.join()).not.toContain("hunter2");
});

test("a kind's own mistakes are said, not those of the others", () => {
  expect(mistakes(`name: X\nkind: stfp\nfields: {id: id}\n`)).toEqual([
    expect.stringMatching(/^2: kind: expected .*not "stfp": did you mean "sftp"\?$/)
  ]);
  expect(mistakes(`name: X\nkind: sftp\nhost: h\nuser: u\nfields: {}\nhost_key: abc\npasword_env: A\n`)).toEqual([
    "5: fields: expected at least one field, not {}",
    '6: host_key: expected a host key\'s fingerprint such as SHA256:… (ssh-keygen -lf), not "abc"',
    '7: pasword_env: unknown key "pasword_env": did you mean "password_env"?'
  ]);
  expect(mistakes(`name: X\nkind: folder\npath: p\nfields: {id: id}\nfiles: {name: "../{audience}_{dat}"}\n`)).toEqual([
    expect.stringMatching(/^5: files.name: expected a name of letters, digits, ._- and the tokens \{destination\}/)
  ]);
});

test("plain http is for this machine only", () => {
  const hook = (url: string) => mistakes(`name: X\nkind: webhook\nurl: ${url}\nfields: {id: id}\nsecret_env: A\n`);
  for (const url of ["https://example.com/a", "http://localhost:80/a", "http://127.0.0.1:9/x", "http://[::1]:9/"]) {
    expect(hook(url), url).toEqual([]);
  }
  for (const url of [
    "http://example.com",
    "http://localhost.example.com",
    "ftp://localhost",
    "https://",
    "http://127.0.0.1@example.com/"
  ]) {
    // prettier-ignore
    expect(hook(url), url).toHaveLength(1);
  }
});

test("fields, audiences and campaigns that are not there are said, with the nearest name", () => {
  const text = `name: X
kind: folder
path: p
fields:
  tier: teir
  decile: deciles.spend_12_month
  id: {from: identities.membr}
  value: value.expected_valu
  free: upper(anything)
key: [teir]
consent: newsleter
keep: entered
deliveries:
  - {audience: risin, schedule: 0 7 * * 1, campaign: sprin}
`;
  expect(mistakes(text)).toEqual([
    '5: fields.tier: unknown field "teir": did you mean "tier"?',
    '6: fields.decile: unknown field of deciles "spend_12_month": did you mean "spend_12_months"?',
    '7: fields.id.from: unknown field of identities "membr": did you mean "member"?',
    '8: fields.value: unknown field of value "expected_valu": did you mean "expected_value"?',
    expect.stringContaining('12: keep: unknown field "entered"'),
    expect.stringContaining('11: consent: unknown field "newsleter"'),
    '10: key.0: unknown field "teir": did you mean "tier"?',
    '14: deliveries.0.audience: unknown audience "risin": did you mean "rising"?',
    '14: deliveries.0.campaign: unknown campaign "sprin": did you mean "spring"?'
  ]);
});

test("a mail's templates name its fields, and what its kind needs is asked for", () => {
  expect(mistakes(smtp)).toEqual([]);
  expect(mistakes(smtp.replaceAll("{{first}}", "{{frist}}"))).toEqual([
    '5: subject: unknown field "frist": did you mean "first"?',
    '6: text: unknown field "frist": did you mean "first"?'
  ]);
  expect(mistakes(smtp.replace("email: email, ", ""))[0]).toContain("smtp knows people by their address");
  expect(mistakes(`${smtp}tls: none\n`)).toEqual(['9: tls: expected required or implicit: "mail.example.com" is another machine']); // prettier-ignore
  expect(mistakes(`${smtp}user: ada\n`)).toEqual(["1: password_env: missing: user and password_env belong together"]);
  expect(mistakes(`${smtp}key: [first]\n`)).toEqual(['9: key: expected [email], not ["first"]']);
  expect(mistakes(smtp.replace(/text: .*\n/, ""))).toEqual(["1: text: missing: expected text, html or both"]);
});

test("a person is known by their address, else by their id, else by the first field", () => {
  expect(keyFields({fields: {id: "id", email: "email"}})).toEqual(["email"]);
  expect(keyFields({fields: {a: "a", id: "id"}})).toEqual(["id"]);
  expect(keyFields({fields: {a: "a", b: "b"}})).toEqual(["a"]);
  expect(keyFields({fields: {a: "a", b: "b"}, key: ["b", "a"]})).toEqual(["b", "a"]);
});
