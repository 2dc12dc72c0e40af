import {DeliveryError} from "../destination.js";
import {backoff} from "./backoff.js";
import type {LimitedContext} from "./client.js";

/**
 * Does something that may be done twice, again with growing pauses until it succeeds, is refused, or has been tried
 * often enough. `work` throws DeliveryError.
 */
export async function withRetries<T>(
  {clock, definition}: Pick<LimitedContext, "clock"> & {definition: {id: string; retries: number}},
  work: () => Promise<T>,
  isWorthIt: (error: DeliveryError) => boolean = ({failure}) => failure !== "refused"
): Promise<T> {
  const pause = backoff(definition.id);
  for (let tries = 0; ; ++tries) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.isFinal || !isWorthIt(error)) throw error;
      if (tries >= definition.retries) throw error;
      await clock.sleep(pause(tries));
    }
  }
}
