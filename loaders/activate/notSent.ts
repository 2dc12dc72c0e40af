import {DeliveryError} from "./destination.js";

/** Why a delivery did not begin, as pages may say it: a message may name hosts, files and secrets. */
export type NotSentReason =
  "unknown_audience" | "no_members" | "no_ledger" | "other_key" | "bad_definition" | "held_out_among_sent";

/** A delivery that is refused before anything is sent. */
export class NotSentError extends Error {
  constructor(
    message: string,
    readonly reason: NotSentReason
  ) {
    super(message);
    this.name = "NotSentError";
  }
}

/** In one word that holds nothing secret, why a delivery failed: our reason, the destination's code, or `error`. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotSentError) return error.reason;
  return error instanceof DeliveryError ? error.code || error.failure : "error";
}
