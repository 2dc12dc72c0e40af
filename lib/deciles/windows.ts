import {windowStart} from "../calendar.js";
import {formatLookback, parseLookback} from "../definitions/lookback.js";

/** A half-open span [start, end) of events, as one as-of instant looks back; lifetime has no start. */
export interface DecileWindow {
  end: Date;
  lookback: string;
  start?: Date;
}

/** Every lookback of every as-of instant, in the order given. */
export function decileWindows(asOfs: Date[], lookbacks: string[], zone: string): DecileWindow[] {
  return asOfs.flatMap((end) =>
    lookbacks.map((text) => {
      const lookback = parseLookback(text)!;
      return {end, lookback: formatLookback(lookback), start: windowStart(end, lookback, zone)};
    })
  );
}
