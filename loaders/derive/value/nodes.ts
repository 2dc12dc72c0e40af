import type {GraphNode} from "../../engine/node.js";
import type {Workspace} from "../../workspace.js";
import {lifetimeValueNode, valueOrdersNode} from "../models/lifetimeValue.js";
import {valueChecksNode} from "../models/valueChecks.js";
import {valueFitNode} from "../models/valueFit.js";
import {valueHistoriesNode, valueSpendNode} from "../models/valueHistories.js";
import {hasForecastMetric} from "../models/deciles.js";
import {valueSnapshotsNode} from "../models/valueSnapshots.js";
import {valueSettings} from "./settings.js";

/** The nodes of lifetime value; none where the workspace knows no orders. */
export function valueNodes(workspace: Workspace): GraphNode[] {
  const settings = valueSettings(workspace);
  if (!settings) return [];
  return [
    valueOrdersNode(workspace, settings),
    valueFitNode(workspace, settings),
    lifetimeValueNode(workspace, settings),
    valueChecksNode(workspace, settings),
    valueHistoriesNode(workspace, settings),
    valueSpendNode(workspace, settings),
    ...(hasForecastMetric(workspace) ? [valueSnapshotsNode(settings)] : [])
  ];
}
