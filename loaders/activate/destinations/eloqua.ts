import {httpClient, type Client} from "../client/client.js";
import type {OpenContext} from "../client/context.js";
import {byAction, email, otherFields} from "../client/split.js";
import {DeliveryError, type Refusal, type Row, type RowDestination} from "../destination.js";

type Placed = Row & {row: number};
interface Sync {
  uri?: string;
  status?: "pending" | "active" | "success" | "warning" | "error";
}
interface Rejects {
  items?: {fieldValues?: Record<string, string>; message?: string; statusCode?: string; invalidFields?: string[]}[];
  hasMore?: boolean;
}

// 32 MB a request, 2,000 imports an hour:
// https://docs.oracle.com/en/cloud/saas/marketing/eloqua-develop/Developers/BulkAPI/Reference/bulk-limits.htm
const batchSize = 10_000;
const page = 1_000;
const identifier = "C_EmailAddress";

/**
 * A shared contact list of Oracle Eloqua's: Bulk API 2.0. Each batch is an import definition, its data and a sync;
 * who is to go, a sync action that touches nobody it does not find.
 */
export function openEloqua(context: OpenContext<"eloqua">): RowDestination {
  const {definition} = context;
  const authorize = authorization(context);
  const login = client(context, definition.login_url, authorize);
  let found: Promise<Client> | undefined;
  const bulk = async () => {
    found ??= baseAddress(login).then((base) => client(context, base, authorize));
    return await found.catch((error: unknown) => {
      found = undefined;
      throw error;
    });
  };
  const list = `{{ContactList[${definition.list}]}}`;
  return {
    kind: "eloqua",
    takes: "rows",
    idempotent: true,
    batchSize,
    concurrency: login.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {body} = await (
        await bulk()
      ).request<{items?: {name?: string}[]}>({
        method: "GET",
        path: "/contacts/lists",
        query: {q: `id=${definition.list}`}
      });
      return `list ${body?.items?.[0]?.name ?? definition.list}`;
    },
    async deliver({key, rows}) {
      const {present, gone} = byAction(rows);
      const api = await bulk();
      const names = Object.keys(definition.fields).filter((name) => name !== "email");
      const refused = await sync(api, "/contacts/imports", present, {
        name: `tenfold ${definition.id} ${key}`.slice(0, 100),
        fields: Object.fromEntries([identifier, ...names].map((name) => [name, `{{Contact.Field(${name})}}`])),
        identifierFieldName: identifier,
        isSyncTriggeredOnImport: false,
        updateRule: definition.update_rule,
        syncActions: [{action: "add", destination: list}]
      });
      await sync(api, "/contacts/syncActions", gone, {
        name: `tenfold ${definition.id} ${key} remove`.slice(0, 100),
        fields: {[identifier]: `{{Contact.Field(${identifier})}}`},
        identifierFieldName: identifier,
        isSyncTriggeredOnImport: false,
        syncActions: [{action: "remove", destination: list}]
      });
      return refused;
    },
    async close() {}
  };
}

function client(
  context: OpenContext<"eloqua">,
  base: string,
  authorize: (renew: boolean) => Promise<Record<string, string>>
) {
  // prettier-ignore
  return httpClient(context, {
    base,
    limits: {rate: {requests: 10, perSeconds: 1}, concurrency: 2},
    authorize,
    canRenew: context.secrets.has("client_id"),
    explain: (body) => {
      const failures = (body as {failures?: {field?: string; constraint?: string}[]} | undefined)?.failures;
      return failures?.map(({field, constraint}) => `${field}: ${constraint}`).join("; ");
    }
  });
}

/** Basic authentication as `company\user`; with an app's id and secret, a token by the password grant of OAuth 2. */
function authorization(context: OpenContext<"eloqua">): (renew: boolean) => Promise<Record<string, string>> {
  const {definition, secrets} = context;
  const user = `${definition.company}\\${definition.user}`;
  if (!secrets.has("client_id")) {
    const basic = Buffer.from(`${user}:${secrets.get("password")}`).toString("base64");
    return async () => ({authorization: `Basic ${basic}`});
  }
  const app = Buffer.from(`${secrets.get("client_id")}:${secrets.get("client_secret")}`).toString("base64");
  const tokens = httpClient(context, {
    base: definition.login_url,
    limits: {concurrency: 1},
    authorize: () => ({authorization: `Basic ${app}`})
  });
  let token: Promise<string> | undefined;
  const ask = async () => {
    const {status, body} = await tokens.request<{access_token?: string; error?: string}>({
      method: "POST",
      path: "/auth/oauth2/token",
      json: {grant_type: "password", scope: "full", username: user, password: secrets.get("password")},
      accept: [400]
    });
    if (status === 400) throw new DeliveryError(`no token: ${body?.error}`, "unsent", "401", true);
    if (body?.access_token) return body.access_token;
    throw new DeliveryError("half an answer: it brings no token", "unsent", "half");
  };
  return async (renew) => {
    if (renew || !token) token = ask();
    const asked = token;
    const value = await asked.catch((error: unknown) => {
      if (token === asked) token = undefined;
      throw error;
    });
    return {authorization: `Bearer ${value}`};
  };
}

// Which of Eloqua's data centres holds the company is asked of the login server.
async function baseAddress(login: Client): Promise<string> {
  const {body} = await login.request<{urls?: {apis?: {rest?: {bulk?: string}}}} | string>({method: "GET", path: "/id"});
  const bulk = typeof body === "object" ? body?.urls?.apis?.rest?.bulk : undefined;
  if (!bulk) throw new DeliveryError("not authenticated: the login server names no address", "unsent", "401", true);
  return bulk.replace("{version}", "2.0").replace(/\/$/, "");
}

async function sync(api: Client, kind: string, rows: Placed[], definition: object): Promise<Refusal[]> {
  if (rows.length === 0) return [];
  const {body: made} = await api.request<{uri?: string}>({method: "POST", path: kind, json: definition});
  const withFields = "updateRule" in definition;
  await api.request({
    method: "POST",
    path: `${uri(made)}/data`,
    json: rows.map((row) => ({
      [identifier]: email(row),
      ...(withFields && Object.fromEntries(otherFields(row, {clears: true})))
    }))
  });
  const {body: started} = await api.request<Sync>({
    method: "POST",
    path: "/syncs",
    json: {syncedInstanceUri: uri(made)}
  });
  const {status} = await api.poll<Sync>(
    {method: "GET", path: uri(started)},
    (state) => state?.status !== "pending" && state?.status !== "active"
  );
  if (status === "success") return [];
  if (status === "warning") return await rejected(api, uri(started), rows);
  throw new DeliveryError(`${uri(started)} ended with ${status}`, "unknown", String(status));
}

function uri(body: {uri?: string} | undefined): string {
  if (body?.uri) return body.uri;
  throw new DeliveryError("half an answer: it has no uri", "unknown", "half");
}

async function rejected(api: Client, sync: string, rows: Placed[]): Promise<Refusal[]> {
  const places = new Map(rows.map((row) => [email(row), row.row]));
  const refused = new Map<number, Refusal>();
  for (let offset = 0; ; offset += page) {
    const {body} = await api.request<Rejects>({
      method: "GET",
      path: `${sync}/rejects`,
      query: {limit: String(page), offset: String(offset)}
    });
    for (const {fieldValues, message, statusCode, invalidFields} of body?.items ?? []) {
      const row = places.get((fieldValues?.[identifier] ?? "").toLowerCase());
      const why = [message, ...(invalidFields ?? [])].filter(Boolean).join(": ");
      if (row !== undefined) refused.set(row, {row, code: statusCode ?? "rejected", message: why});
    }
    if (!body?.hasMore) return [...refused.values()];
  }
}
