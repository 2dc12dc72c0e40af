import {createHash} from "node:crypto";
import {httpClient, type Client} from "../client/client.js";
import type {OpenContext} from "../client/context.js";
import {byAction, email, otherFields} from "../client/split.js";
import {DeliveryError, type Refusal, type Row, type RowDestination} from "../destination.js";

type Placed = Row & {row: number};

interface MemberError {
  email_address: string;
  error: string;
  error_code: string;
  field?: string;
}

// Up to 500 members a request and ten connections at once: https://mailchimp.com/developer/marketing/docs/fundamentals
const batchSize = 500;

/**
 * A Mailchimp audience (list): Marketing API 3.0. New people are added with a status; of those there already only the
 * merge fields change, so that nobody who left the list is put back on it.
 */
export function openMailchimp(context: OpenContext<"mailchimp">): RowDestination {
  const {definition, secrets} = context;
  const key = secrets.get("api_key");
  const client = httpClient(context, {
    base: `${definition.url ?? dataCentre(key)}/3.0`,
    limits: {rate: {requests: 10, perSeconds: 1}, concurrency: 8},
    authorize: () => ({authorization: `Basic ${Buffer.from(`anystring:${key}`).toString("base64")}`}),
    explain: (body) => (body as {detail?: string} | undefined)?.detail
  });
  const list = `/lists/${encodeURIComponent(definition.list)}`;
  return {
    kind: "mailchimp",
    takes: "rows",
    idempotent: true,
    batchSize,
    concurrency: client.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {body} = await client.request<{name?: string}>({method: "GET", path: list, query: {fields: "id,name"}});
      return `list ${body?.name ?? definition.list}`;
    },
    async deliver({rows}) {
      const {present, gone} = byAction(rows);
      const refused = await add(client, list, present, definition.new_status);
      const taken = present.filter(({row}) => !refused.some((refusal) => refusal.row === row));
      if (definition.segment === undefined) return [...refused, ...(await archive(client, list, gone))];
      return [...refused, ...(await tag(client, `${list}/segments/${definition.segment}`, taken, gone))];
    },
    async close() {}
  };
}

async function add(client: Client, list: string, rows: Placed[], status: string): Promise<Refusal[]> {
  if (rows.length === 0) return [];
  const {body} = await client.request<{errors?: MemberError[]}>({
    method: "POST",
    path: list,
    json: {
      members: rows.map((row) => ({email_address: email(row), status, merge_fields: mergeFields(row)})),
      update_existing: false
    }
  });
  const byAddress = new Map(rows.map((row) => [email(row), row]));
  const found = errorsOf(body).map((error) => ({error, row: byAddress.get(error.email_address.toLowerCase())}));
  const refused = found
    .filter(({error, row}) => row && error.error_code !== "ERROR_CONTACT_EXISTS")
    .map(({error, row}) => ({row: row!.row, code: error.error_code, message: error.error}));
  const known = found.flatMap(({error, row}) => (row && error.error_code === "ERROR_CONTACT_EXISTS" ? [row] : []));
  return [...refused, ...(await each(client, known, (row) => update(client, list, row)))];
}

function errorsOf(body: {errors?: MemberError[]} | undefined): MemberError[] {
  if (Array.isArray(body?.errors)) return body.errors;
  throw new DeliveryError("half an answer: it lists no errors", "unknown", "half");
}

async function update(client: Client, list: string, row: Placed): Promise<void> {
  await client.request({method: "PATCH", path: member(list, row), json: {merge_fields: mergeFields(row)}});
}

async function archive(client: Client, list: string, rows: Placed[]): Promise<Refusal[]> {
  return await each(client, rows, async (row) => {
    // One who is not there any more has been archived before, or has been deleted for good.
    await client.request({method: "DELETE", path: member(list, row), accept: [404, 405]});
  });
}

async function tag(client: Client, segment: string, taken: Placed[], gone: Placed[]): Promise<Refusal[]> {
  if (taken.length === 0 && gone.length === 0) return [];
  const {body} = await client.request<{errors?: {email_addresses: string[]; error: string}[]}>({
    method: "POST",
    path: segment,
    json: {members_to_add: taken.map(email), members_to_remove: gone.map(email)}
  });
  return (body?.errors ?? []).flatMap(({email_addresses, error}) =>
    taken
      .filter((row) => email_addresses.some((address) => address.toLowerCase() === email(row)))
      .map(({row}) => ({row, code: "segment", message: error}))
  );
}

// As many at once as may be; what is refused of one row does not touch the others.
async function each(client: Client, rows: Placed[], work: (row: Placed) => Promise<void>): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  const left = [...rows].reverse();
  const worker = async () => {
    for (let row = left.pop(); row; row = left.pop()) {
      try {
        await work(row);
      } catch (error) {
        if (!(error instanceof DeliveryError) || error.failure !== "refused" || error.isFinal) {
          left.length = 0;
          throw error;
        }
        refused.push({row: row.row, code: error.code, message: error.message});
      }
    }
  };
  await Promise.all(Array.from({length: client.concurrency}, worker));
  return refused;
}

function mergeFields(row: Row): Record<string, unknown> {
  return Object.fromEntries(otherFields(row, {clears: true}));
}

// A member's id is the MD5 of their address in lower case.
function member(list: string, row: Row): string {
  return `${list}/members/${createHash("md5").update(email(row)).digest("hex")}`;
}

function dataCentre(key: string): string {
  const centre = /-([a-z]+\d+)$/.exec(key)?.[1];
  if (centre) return `https://${centre}.api.mailchimp.com`;
  throw new DeliveryError("api_key_env: the key names no data centre (expected it to end in -us1 or such)", "unsent", "secret", true); // prettier-ignore
}
