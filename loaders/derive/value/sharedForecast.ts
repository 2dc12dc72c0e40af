import {createHash} from "node:crypto";
import {forecast, type Forecast} from "../../../lib/value/forecast.js";
import type {Histories} from "./histories.js";

const known = new Map<string, Forecast>();

/** The forecast of these histories, fitted once in a process: several models stand on the same one. */
export function sharedForecast({summary, spend}: Histories, {model}: {model: string}): Forecast {
  const hash = createHash("sha256").update(JSON.stringify([model, summary.logGaps ?? null]));
  const {x, tx, T, weight} = summary;
  for (const column of [x, tx, T, weight, spend.x, spend.mean, spend.weight]) hash.update(column).update("|");
  const key = hash.digest("hex");
  let made = known.get(key);
  if (!made) {
    made = forecast({summary, spend}, {model});
    // The last few: a process that lives long sees many.
    if (known.size >= 8) known.delete(known.keys().next().value!);
    known.set(key, made);
  }
  return made;
}
