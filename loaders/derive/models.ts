import {readdirSync, readFileSync} from "node:fs";
import {join, relative} from "node:path";
import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import type {Database} from "../engine/database.js";
import type {GraphNode} from "../engine/node.js";
import {projectRoot, type Workspace} from "../workspace.js";
import {attributesNode} from "./models/attributes.js";
import {audienceDimensionNode} from "./models/audienceDimension.js";
import {baseDailyNode, categoriesNode} from "./models/baseDaily.js";
import {campaignMovesNode} from "./models/campaignMoves.js";
import {campaignOverlapNode} from "./models/campaignOverlap.js";
import {campaignProfitNode} from "./models/campaignProfit.js";
import {campaignValueChangeNode} from "./models/campaignValueChange.js";
import {campaignsNode} from "./models/campaigns.js";
import {cohortsNode} from "./models/cohorts.js";
import {decileHistoryNode} from "./models/decileHistory.js";
import {decilesMapNode, decilesWideNode} from "./models/decilesWide.js";
import {decilesNode} from "./models/deciles.js";
import {decilePastNode, decileSnapshotsNode} from "./models/decileSnapshots.js";
import {liftNode} from "./models/lift.js";
import {liftByDecileNode} from "./models/liftByDecile.js";
import {migrationNode} from "./models/migration.js";
import {profilesNode} from "./models/profiles.js";
import {rfmCutsNode, rfmNode} from "./models/rfm.js";
import {valueNodes} from "./value/nodes.js";
import {filterMistakes} from "./filters.js";
import {sqlModel, type SqlFile} from "./sqlModel.js";

/** The built-in models written in TypeScript; those in SQL are found in `models/` by themselves. */
const builtIn: ((workspace: Workspace) => GraphNode)[] = [
  attributesNode,
  audienceDimensionNode,
  baseDailyNode,
  campaignMovesNode,
  campaignOverlapNode,
  campaignProfitNode,
  campaignValueChangeNode,
  campaignsNode,
  categoriesNode,
  cohortsNode,
  decileHistoryNode,
  decilesMapNode,
  decilePastNode,
  decilesNode,
  decileSnapshotsNode,
  decilesWideNode,
  liftNode,
  liftByDecileNode,
  migrationNode,
  profilesNode,
  rfmCutsNode,
  rfmNode
];

/** The nodes of every model: the built-in ones, and the analyst's SQL files. Throws DefinitionError. */
export async function modelNodes(database: Database, workspace: Workspace): Promise<GraphNode[]> {
  const nodes = [...builtIn.map((node) => node(workspace)), ...valueNodes(workspace)];
  const mistakes: Mistake[] = await filterMistakes(database, workspace);
  for (const file of [...builtInFiles(), ...workspace.models.map((model) => ({...model, isBuiltIn: false}))]) {
    const model = await sqlModel(database, workspace, file);
    if (model.node) nodes.push(model.node);
    mistakes.push(...model.mistakes);
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  return nodes;
}

function builtInFiles(): SqlFile[] {
  const folder = join(import.meta.dirname, "models");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({
      file: relative(projectRoot, join(folder, name)),
      text: readFileSync(join(folder, name), "utf8"),
      isBuiltIn: true
    }));
}
