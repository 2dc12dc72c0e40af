import type {Table} from "apache-arrow";
import {Parameters} from "../../lib/rules/bind.js";
import type {Compiled} from "../../lib/rules/compile.js";
import {totalQuery, type CountOptions} from "../../lib/rules/count.js";
import {fieldOf, isElsewhere, type Catalogue} from "../../lib/rules/field.js";
import {inlineParameters} from "../../lib/rules/inline.js";
import {compilePlan, type Plan} from "../../lib/rules/plan.js";
import {childrenOf, containerKind, isCondition, type Rule} from "../../lib/rules/rule.js";

/** How many answers to conditions on events are kept as tables. */
const most = 24;

/**
 * Makes the tables that conditions on events, sequences and memberships need before they are counted, each once: what
 * rules ask for that has been asked before is at hand.
 */
export class Planner {
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(private readonly query: (compiled: Compiled) => Promise<Table>) {}

  /** The options with which these rules can be compiled and counted. */
  async options(rules: readonly Rule[], options: CountOptions): Promise<CountOptions> {
    const plan = planOf(rules, options);
    if (!plan) return options;
    const names = new Map<string, string>();
    for (const {name, sql, parameters, hash} of plan.tables()) {
      const table = `temp.main.plan_${hash.toLowerCase()}`;
      names.set(name, table);
      await this.make(table, {sql: `create or replace temp table ${table} as ${sql}`, parameters});
    }
    return {...options, ...plan.options, table: plan.from((name) => names.get(name)!)};
  }

  private async make(table: string, compiled: Compiled): Promise<void> {
    const known = this.made.get(table);
    this.made.delete(table);
    const making = known ?? this.query(compiled);
    this.made.set(table, making);
    try {
      await making;
    } catch (error) {
      this.made.delete(table);
      throw error;
    }
    for (const old of this.made.keys()) {
      if (this.made.size <= most) break;
      this.made.delete(old);
      await this.query({sql: `drop table if exists ${old}`, parameters: []});
    }
  }
}

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
    events: {table: "segments.segments.events", key: "row"}
  });
}

function asksForMore(rule: Rule, fields: Catalogue): boolean {
  if (containerKind(rule)) return childrenOf(rule).some((child) => asksForMore(child, fields));
  return !isCondition(rule) || isElsewhere(fieldOf(rule, fields));
}
