import type {Mistake} from "./check.js";
import {crossCampaign} from "./crossCampaign.js";
import {crossSource, crossSources} from "./crossSource.js";
import {crossWorkspace} from "./crossWorkspace.js";
import type {Definitions} from "./located.js";

/** What the schemas cannot see: names that other lines or other files must have, and rules that span fields. */
export function crossCheck(definitions: Definitions): Mistake[] {
  return [
    ...crossWorkspace(definitions),
    ...definitions.sources.flatMap((source) => crossSource(source)),
    ...crossSources(definitions),
    ...definitions.campaigns.flatMap((campaign, i) => crossCampaign(campaign, definitions, i))
  ];
}
