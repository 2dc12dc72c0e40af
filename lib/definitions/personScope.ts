import type {SourceDefinition} from "./source.js";
import {declaredAttributes} from "./vocabulary.js";
import {formatLookback, parseLookback} from "./lookback.js";
import type {WorkspaceDefinition} from "./workspace.js";

/** The columns of `derived.lifetime_value` that a destination may name as `value.…`. */
export const valueColumns = [
  "count_orders",
  "historic_gross",
  "historic_net",
  "historic_margin",
  "p_alive",
  "expected_orders",
  "expected_order_value",
  "expected_value",
  "lower",
  "upper",
  "first_order_date",
  "last_order_date"
] as const;

/** What is known of each row that leaves, besides attributes: the person, and the sending itself. */
export const personColumns = [
  "id",
  "first_event_at",
  "last_event_at",
  "entered_at",
  "audience",
  "audience_version",
  "campaign",
  "arm",
  "send_id",
  "as_of"
] as const;

/** The names in scope of a destination's SQL: plain ones, and the members of its three structs. */
export interface PersonScope {
  plain: string[];
  structs: Record<"identities" | "deciles" | "value", string[]>;
}

/**
 * What a destination's fields may name: attributes, `identities.<namespace>`, `deciles.<metric>_<lookback>` (the bucket
 * among all) and `value.<column>`.
 */
export function personScope(
  workspace: Pick<WorkspaceDefinition, "metrics" | "lookbacks">,
  sources: Pick<SourceDefinition, "attributes" | "identities" | "columns">[]
): PersonScope {
  const attributes = sources.flatMap((source) => declaredAttributes(source as SourceDefinition).map(({name}) => name));
  return {
    plain: [...new Set([...personColumns, ...attributes])],
    structs: {
      identities: [...new Set(sources.flatMap((source) => source.identities.map(({namespace}) => namespace)))],
      deciles: Object.entries(workspace.metrics).flatMap(([metric, {lookbacks}]) =>
        (lookbacks ?? workspace.lookbacks).map((lookback) => decileName(metric, lookback))
      ),
      value: [...valueColumns]
    }
  };
}

/** What a metric's decile over a lookback is called: "spend_12_months". */
export function decileName(metric: string, lookback: string): string {
  return `${metric}_${formatLookback(parseLookback(lookback)!).replaceAll(" ", "_")}`;
}
