import {Parameters} from "../../lib/rules/bind.js";
import {totalQuery, type CountOptions} from "../../lib/rules/count.js";
import {fieldOf, isElsewhere, type Catalogue} from "../../lib/rules/field.js";
import {inlineParameters} from "../../lib/rules/inline.js";
import {compilePlan, type Plan} from "../../lib/rules/plan.js";
import {childrenOf, containerKind, isCondition, type Rule} from "../../lib/rules/rule.js";

/** The published events, by the number of their profile. */
export const eventTable = {table: "segments.segments.events", key: "row"};

/** A rule's count and value as one statement for people to read and copy. */
export function totalSql(rule: Rule, options: CountOptions): string {
  const plan = planOf([rule], options);
  if (!plan) return inlineParameters(totalQuery(rule, options));
  const parameters = new Parameters();
  const before = plan.with(parameters);
  const planned = {...options, ...plan.options, table: plan.from(), parameters: parameters.values};
  const {sql, parameters: values} = totalQuery(rule, planned);
  return inlineParameters({sql: before + sql, parameters: values});
}

/** Undefined where the table of profiles answers alone. */
function planOf(rules: readonly Rule[], options: CountOptions): Plan | undefined {
  if (!rules.some((rule) => asksForMore(rule, options.fields))) return undefined;
  return compilePlan(rules, {
    ...options,
    profiles: {table: options.table, key: "row"},
    events: eventTable
  });
}

function asksForMore(rule: Rule, fields: Catalogue): boolean {
  if (containerKind(rule)) return childrenOf(rule).some((child) => asksForMore(child, fields));
  return !isCondition(rule) || isElsewhere(fieldOf(rule, fields));
}
