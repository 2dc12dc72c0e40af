import {afterEach, beforeEach} from "vitest";
import {standIn, type StandIn} from "./fixture.js";
import {sendingWarehouse, type Sending, type SendingOptions} from "./sending.js";

interface Post {
  rows: {action: string; send_id: string; fields: Record<string, unknown>}[];
}

/** A receiver that keeps what it is told, and drops a webhook-id that it has seen. */
export let hook: StandIn;
/** Who is there, with their fields. */
export let there: Map<string, Record<string, unknown>>;
/** What was told: the action and the address. */
export let told: string[];
export let sending: Sending;

/** Opens a receiver for each test of the file; what `begin` opens is closed after it. */
export function useReceiver(): void {
  beforeEach(async () => {
    there = new Map();
    told = [];
    const seen = new Set<string>();
    hook = await standIn(({headers, body}) => {
      if (seen.has(String(headers["webhook-id"]))) return {status: 200};
      seen.add(String(headers["webhook-id"]));
      for (const {action, fields} of (body as Post).rows) {
        const address = String(fields.email);
        told.push(`${action} ${address}`);
        if (action === "remove") there.delete(address);
        else there.set(address, fields);
      }
      return {status: 200};
    });
  });
  afterEach(async () => {
    sending.close();
    await hook.close();
  });
}

/** A workspace of 25 people that sends to the receiver `hook` and to a `folder`. */
export async function begin(webhook: object = {}, more: Partial<SendingOptions> = {}): Promise<Sending> {
  const common = {kind: "webhook", url: hook.url, secret_env: "SECRET", batch: 10, retries: 0, timeout_seconds: 2};
  sending = await sendingWarehouse({
    destinations: {
      hook: {...common, ...webhook},
      folder: {kind: "folder", path: "out", fields: {email: "email", decile: "deciles.spend_12_months"}}
    },
    people: 25,
    env: {SECRET: "whsec_c2VjcmV0"},
    ...more
  });
  return sending;
}

/** The address of one of them. */
export const address = (id: number) => `p${id}@example.com`;
