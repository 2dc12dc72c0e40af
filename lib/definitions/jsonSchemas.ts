import {z} from "zod";
import {audienceDefinition} from "./audience.js";
import {campaignDefinition} from "./campaign.js";
import {destinationDefinition} from "./destination.js";
import {modelHeader} from "./model.js";
import {sourceDefinition} from "./source.js";
import {workspaceDefinition} from "./workspace.js";

/** JSON Schemas of the workspace's files, by name: editors complete and check by them. */
export function jsonSchemas(): Record<string, object> {
  const schemas = {
    workspace: workspaceDefinition,
    source: sourceDefinition,
    campaign: campaignDefinition,
    destination: destinationDefinition,
    audience: audienceDefinition,
    model: modelHeader
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, {io: "input", target: "draft-7", unrepresentable: "any"})]) // prettier-ignore
  );
}
