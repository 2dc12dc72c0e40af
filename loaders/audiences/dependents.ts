import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {references} from "./references.js";

/** Something that names an audience and would miss it. */
export interface Dependent {
  kind: "audience" | "campaign" | "destination";
  id: string;
  /** Relative to the workspace. */
  file: string;
}

/** What depends on an audience: rules of other audiences, campaigns, destinations. */
export function dependents(
  workspace: Pick<Workspace, "campaigns" | "destinations">,
  audiences: Audience[],
  id: string
): Dependent[] {
  const found: Dependent[] = [];
  for (const other of audiences) {
    if (other.id === id || !references(other.definition).some(({audience}) => audience === id)) continue;
    found.push({kind: "audience", id: other.id, file: other.file});
  }
  for (const campaign of workspace.campaigns) {
    if (campaign.audience === id) found.push({kind: "campaign", id: campaign.id, file: campaign.file});
  }
  for (const destination of workspace.destinations) {
    if (destination.deliveries.some(({audience}) => audience === id)) {
      found.push({kind: "destination", id: destination.id, file: destination.file});
    }
  }
  return found;
}
