import type {OpenContext} from "../client/context.js";
import {limiterOf} from "../client/client.js";
import {withRetries} from "../client/retry.js";
import {DeliveryError, type RowDestination} from "../destination.js";
import {composer} from "../mail/compose.js";
import {smtpPool} from "../mail/smtpPool.js";

/**
 * A mail server. A mail cannot be unsent and a server that was cut off cannot be asked what it took: so each mail is a
 * batch of its own, and one whose end is not known is never sent again by itself.
 */
export function openSmtp(context: OpenContext<"smtp">): RowDestination {
  const {definition} = context;
  const concurrency = definition.concurrency ?? 4;
  const limiter = limiterOf(context);
  const pool = smtpPool(context, concurrency);
  const compose = composer(context);
  return {
    kind: "smtp",
    takes: "rows",
    idempotent: false,
    batchSize: 1,
    concurrency,
    actions: ["add"],
    health: () => pool.health(),
    async deliver({rows: [row]}) {
      const mail = await compose(row!);
      if ("refusal" in mail) return [{row: 0, ...mail.refusal}];
      try {
        await withRetries(
          context,
          async () => {
            await limiter.take();
            await pool.send(mail.envelope, mail.bytes);
          },
          ({failure}) => failure === "unsent"
        );
      } catch (error) {
        if (!(error instanceof DeliveryError) || error.failure !== "refused" || error.isFinal) throw error;
        return [{row: 0, code: error.code, message: error.message}];
      }
      return [];
    },
    close: () => pool.close()
  };
}
