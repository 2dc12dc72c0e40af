import type {CampaignDefinition} from "./campaign.js";
import type {Checked, Mistake} from "./check.js";
import {crossCampaign} from "./crossCampaign.js";
import {crossSource, crossSources} from "./crossSource.js";
import {crossWorkspace} from "./crossWorkspace.js";
import type {SourceDefinition} from "./source.js";
import type {WorkspaceDefinition} from "./workspace.js";

/** A definition that its schema accepts, with its place. */
export interface Located<T> extends Pick<Checked<T>, "mistake" | "says"> {
  /** The file's name without its ending. */
  id: string;
  file: string;
  value: T;
}

export interface Definitions {
  workspace: Located<WorkspaceDefinition>;
  sources: Located<SourceDefinition>[];
  campaigns: Located<CampaignDefinition>[];
}

/** What the schemas cannot see: names that other lines or other files must have, and rules that span fields. */
export function crossCheck(definitions: Definitions): Mistake[] {
  return [
    ...crossWorkspace(definitions),
    ...definitions.sources.flatMap((source) => crossSource(source)),
    ...crossSources(definitions),
    ...definitions.campaigns.flatMap((campaign, i) => crossCampaign(campaign, definitions, i))
  ];
}
