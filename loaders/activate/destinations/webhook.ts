import {createHmac} from "node:crypto";
import type {OpenContext} from "../client/context.js";
import {httpClient} from "../client/client.js";
import {DeliveryError, type Refusal, type RowDestination} from "../destination.js";

/** What the receiver may answer; anything else means that all rows were taken. */
interface Answer {
  refused?: {row: number; code?: string; message?: string}[];
}

/**
 * A web address of one's own. Requests are signed as Standard Webhooks describes (https://www.standardwebhooks.com):
 * HMAC-SHA256 over id, time and body, so that its libraries verify them.
 */
export function openWebhook(context: OpenContext<"webhook">): RowDestination {
  const {definition, secrets, clock} = context;
  const client = httpClient(context, {base: definition.url, limits: {concurrency: 4}, authorize: () => ({})});
  const key = signingKey(secrets.get("secret"));
  const post = async (id: string, body: object) => {
    const text = JSON.stringify(body);
    const timestamp = String(Math.floor(clock.now() / 1000));
    return await client.request<Answer>({
      method: "POST",
      path: "",
      text,
      idempotent: definition.idempotent,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${text}`).digest("base64")}`,
        "idempotency-key": id
      }
    });
  };
  return {
    kind: "webhook",
    takes: "rows",
    idempotent: definition.idempotent,
    batchSize: definition.batch,
    concurrency: client.concurrency,
    actions: ["add", "update", "remove"],
    async health() {
      const {status} = await post(`ping-${clock.now()}`, {type: "ping"});
      return `answers with ${status}`;
    },
    async deliver({key: id, audience, campaign, rows}) {
      const {body} = await post(id, {
        type: "audience.changed",
        audience,
        campaign,
        rows: rows.map(({action, sendId, fields}) => ({action, send_id: sendId, fields}))
      });
      return refusals(body, rows.length);
    },
    async close() {}
  };
}

function refusals(body: Answer | undefined, count: number): Refusal[] {
  const refused = Array.isArray(body?.refused) ? body.refused : [];
  return refused.map(({row, code = "refused", message = "refused by the receiver"}) => {
    if (!Number.isInteger(row) || row < 0 || row >= count) {
      throw new DeliveryError(`the answer refuses row ${row}: expected 0 to ${count - 1}`, "unknown", "half");
    }
    return {row, code, message};
  });
}

// A secret in the standard's form is base64 after its prefix; any other is taken as it is.
function signingKey(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
}
