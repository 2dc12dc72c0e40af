import type {Mistake} from "./check.js";
import type {Definitions} from "./located.js";
import {eventTypes} from "./vocabulary.js";

/** What is allowed, and hardly meant: a campaign that nobody can answer by what counts. */
export function crossWarnings({sources, campaigns}: Pick<Definitions, "sources" | "campaigns">): Mistake[] {
  const types = new Set(sources.flatMap((source) => eventTypes(source.value)));
  if (types.size === 0) return [];
  return campaigns.flatMap(({value, mistake, says}) => {
    if (says(["conversion", "events"]) || value.conversion.events.some((type) => types.has(type))) return [];
    const counted = value.conversion.events.join(" or ");
    const others = [...types].filter((type) => type !== "profile.updated").sort().join(", "); // prettier-ignore
    const message = `nobody will be counted: no source yields ${counted}, which counts unless \`events\` names others: there are ${others}`;
    return [mistake(["conversion"], message)];
  });
}
