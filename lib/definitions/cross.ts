import type {Mistake} from "./check.js";
import {crossCampaign} from "./crossCampaign.js";
import {crossDestination} from "./crossDestination.js";
import {crossSource, crossSources} from "./crossSource.js";
import {crossWorkspace} from "./crossWorkspace.js";
import type {Definitions} from "./located.js";

/**
 * What the schemas cannot see: names that other lines or other files must have, and rules that span fields. `audiences`:
 * the ids there are.
 */
export function crossCheck(definitions: Definitions, audiences: Iterable<string> = []): Mistake[] {
  const saved = new Set(audiences);
  return [
    ...crossWorkspace(definitions),
    ...definitions.sources.flatMap((source) => crossSource(source)),
    ...crossSources(definitions),
    ...definitions.campaigns.flatMap((campaign, i) => crossCampaign(campaign, definitions, i)),
    ...definitions.destinations.flatMap((destination) => crossDestination(destination, definitions, saved))
  ];
}
