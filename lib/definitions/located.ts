import type {CampaignDefinition} from "./campaign.js";
import type {Checked} from "./check.js";
import type {DestinationDefinition} from "./destination.js";
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
  destinations: Located<DestinationDefinition>[];
}
