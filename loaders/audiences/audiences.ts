import type {Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import type {Workspace} from "../workspace.js";
import {audienceNowNode} from "./audienceNow.js";
import {baseNode} from "./base.js";
import {countsNode} from "./counts.js";
import {examplesNode} from "./examples.js";
import {defaultMeasure} from "./fields.js";
import {decileMixNode, sizesNode} from "./history.js";
import {failuresNode} from "./failures.js";
import {importsNode} from "./imports.js";
import {createLedger, lastRuns, standingAudiences} from "./ledgerTables.js";
import {membersNode} from "./members.js";
import {combinationsNode, overlapsNode} from "./overlaps.js";
import {planAudiences, type PlanOptions} from "./plan.js";
import {audienceReachNode, reachNode} from "./reach.js";
import {segmentEventsNode} from "./segmentEvents.js";
import {segmentFieldsNode} from "./segmentFields.js";
import {segmentProfilesNode} from "./segmentProfiles.js";
import {armsNode, splitsNode} from "./splits.js";

/**
 * The nodes of the saved audiences and of what the Segments page reads. Makes the ledger in the records where it is
 * missing. Throws DefinitionError, which names every mistake of every audience that is new or changed.
 */
export async function audienceNodes(
  database: Database,
  workspace: Workspace,
  options: Omit<PlanOptions, "last" | "standing"> = {now: new Date()}
): Promise<GraphNode[]> {
  await createLedger(database);
  const last = await lastRuns(database);
  const plan = planAudiences(workspace, {...options, last, standing: await standingAudiences(database, last)});
  const {unit} = workspace.metrics[defaultMeasure(workspace).metric]!;
  return [
    segmentProfilesNode(workspace),
    segmentFieldsNode(workspace),
    segmentEventsNode(workspace),
    baseNode(workspace),
    failuresNode(plan),
    importsNode(workspace, plan),
    audienceNowNode(workspace, plan),
    splitsNode(unit),
    membersNode(plan),
    armsNode(unit),
    sizesNode(workspace, unit),
    decileMixNode(workspace, unit),
    overlapsNode(),
    combinationsNode(unit),
    reachNode(workspace),
    audienceReachNode(),
    examplesNode(unit),
    countsNode(workspace, plan, unit)
  ];
}
