import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {countNodes} from "./counts.js";
import {segmentEventsNode} from "./segmentEvents.js";
import {segmentFieldsNode} from "./segmentFields.js";
import {segmentProfilesNode} from "./segmentProfiles.js";
import {readAudiences} from "./readAudiences.js";

/**
 * The nodes of the saved audiences and of what the Segments page reads: their counts, the published table of profiles
 * and the catalogue of its columns and of the events. Throws DefinitionError, which names every mistake of every audience.
 */
export async function audienceNodes(workspace: Workspace): Promise<GraphNode[]> {
  const audiences = readAudiences(workspace).filter(({definition}) => definition.rule);
  return [
    segmentProfilesNode(workspace),
    segmentFieldsNode(workspace),
    segmentEventsNode(workspace),
    ...countNodes(workspace, audiences)
  ];
}
