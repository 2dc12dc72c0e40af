import type {Workspace} from "../workspace.js";
import type {Audience} from "./readAudiences.js";
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
  workspace: Pick<Workspace, "campaigns"> & {destinations?: {id: string; file: string}[]},
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
  for (const destination of workspace.destinations ?? []) {
    if (names(destination, id)) found.push({kind: "destination", id: destination.id, file: destination.file});
  }
  return found;
}

/** Whether a destination sends an audience: it stands under `audiences`, by itself, as a key or as `audience:`. */
function names(destination: object, id: string): boolean {
  const {audiences} = destination as {audiences?: unknown};
  if (Array.isArray(audiences)) {
    return audiences.some((one) => one === id || (one as {audience?: unknown} | null)?.audience === id);
  }
  return typeof audiences === "object" && audiences !== null && id in audiences;
}
