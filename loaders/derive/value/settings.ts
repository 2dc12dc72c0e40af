import {valueDefinition, type ValueDefinition} from "../../../lib/definitions/value.js";
import type {Workspace} from "../../workspace.js";

/**
 * How this workspace's lifetime value is computed: as `value:` says, else by default where a source yields purchases.
 * Undefined where there are no orders to speak of.
 */
export function valueSettings(workspace: Workspace): ValueDefinition | undefined {
  if (workspace.value) return workspace.value;
  const defaults = valueDefinition.parse({});
  const types = workspace.sources.flatMap((source) =>
    source.events.flatMap(({type}) => (typeof type === "string" ? [type] : type.values))
  );
  return types.some((type) => defaults.orders.includes(type)) ? defaults : undefined;
}
