import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";

/** The nodes of the saved audiences. Throws DefinitionError. */
export async function audienceNodes(workspace: Workspace): Promise<GraphNode[]> {
  void workspace;
  return [];
}
