import {expect, test} from "vitest";
import type {RowDestination} from "../../../loaders/activate/destination.js";
import {batch, type Reply, type StandIn} from "./fixture.js";

/**
 * What every provider's stand-in puts in the way, before each request of a delivery in turn: the delivery goes through,
 * and what is at the provider afterwards is the same.
 */
export function survivesFaults(
  provider: () => StandIn,
  open: () => Promise<RowDestination>,
  state: () => unknown
): void {
  test("401 ends the delivery at once: nothing more is tried with credentials that are revoked", async () => {
    provider().faults.push({status: 401, body: {message: "revoked"}}, {status: 401, body: {message: "revoked"}});
    const error = await (await open()).deliver(batch(["a@example.com"])).catch((e: Error) => e);
    expect(error).toMatchObject({failure: "unsent", code: "401", isFinal: true});
    expect(provider().seen.length).toBeLessThanOrEqual(2);
    provider().faults.splice(0);
  });

  test("credentials revoked in mid-run end it, too", async () => {
    const {faults} = provider();
    faults.push(undefined, {status: 401, body: {}}, {status: 401, body: {}});
    const outcome = await (await open()).deliver(batch(["a@example.com"], ["z@example.com", {}, "remove"])).catch((e: Error) => e); // prettier-ignore
    expect(outcome).toMatchObject({failure: "unsent", isFinal: true});
    faults.splice(0);
  });

  test("409, 429, 500, time-outs and half answers at any request change nothing in the end", async () => {
    const rows = batch(
      ["a@example.com", {FNAME: "A"}],
      ["b@example.com", {FNAME: "B"}],
      ["z@example.com", {}, "remove"]
    );
    const destination = await open();
    expect(await destination.deliver(rows)).toEqual([]);
    const [expected, requests] = [state(), provider().seen.length];
    expect(requests).toBeGreaterThan(1);
    const replies: Reply[] = [
      {status: 409},
      {status: 429, headers: {"retry-after": "7"}},
      {status: 500},
      "half",
      "reset"
    ];
    for (let at = 0; at < requests; ++at) {
      provider().faults.push(...Array.from({length: at}, () => undefined), ...replies);
      expect(await destination.deliver(rows), `faults before request ${at + 1}`).toEqual([]);
      provider().faults.splice(0);
      expect(state()).toEqual(expected);
    }
    provider().faults.push("silence");
    expect(await destination.deliver(rows)).toEqual([]);
    expect(state()).toEqual(expected);
  });
}
