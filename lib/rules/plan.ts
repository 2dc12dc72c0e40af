import {quoteColumn} from "../sql.js";
import {Parameters} from "./bind.js";
import {compileNode, compileRule, profileTarget, type Compiled, type CompileOptions} from "./compile.js";
import {fieldOf, isElsewhere, type Field} from "./field.js";
import {textHash} from "./hash.js";
import {always, deny} from "./logic.js";
import {compileMeasure, measureTarget} from "./measure.js";
import {membershipSql, type MembershipTable} from "./membership.js";
import {passSql} from "./pass.js";
import {ranksSql, type RankTables} from "./ranks.js";
import {isAudience, isCondition, isEvent, isSequence, type Rule} from "./rule.js";
import {sequencesSql} from "./sequence.js";
import {collectSlots, inlinedRule, type SlotMap} from "./slots.js";
import type {Condition, Scalar} from "./subject.js";
import type {Target, TestContext} from "./test.js";
import type {EventContext, EventTable} from "./where.js";

/** The tables that rules are compiled over; what is not at hand is left out. */
export interface PlanOptions extends Omit<CompileOptions, "leaf" | "assume" | "parameters" | "column"> {
  profiles: {
    /** As it stands in SQL. */
    table: string;
    key: string;
    /** The SQL of a field's column, the table being called `p`; default: p and its quoted name. */
    column?: (field: Field) => string;
  };
  events?: EventTable;
  ranks?: RankTables;
  memberships?: MembershipTable;
  /** Only one profile is looked at: its key, and the SQL type of it. */
  only?: {key: Scalar; type: string};
  /** How many measures one pass over the events takes at most. Default: 24. */
  passSize?: number;
}

/** A query of at most one row per profile: `_key`, and `_0`, `_1`, …: what conditions compare. */
export interface PlanTable extends Compiled {
  name: string;
  /** Changes with what the query gives. */
  hash: string;
}

/** How the conditions of any number of rules are answered together. */
export interface Plan {
  /** The tables to be made first, each by itself. */
  tables(): PlanTable[];
  /** The same as the beginning of one statement, `with …`; empty where there are none. */
  with(parameters: Parameters): string;
  /** What stands after FROM: the profiles as `p`, and beside them the tables, by the names they were made under. */
  from(nameOf?: (table: string) => string): string;
  /** With these, `compileRule` and all that counts compile any rule made of the planned conditions. */
  options: CompileOptions;
  /** What a condition compares; undefined for membership in audiences, which is a matter of yes or no. */
  target(condition: Rule): Target | undefined;
}

/**
 * Plans checked rules: their conditions on events, sequences, other audiences, and metrics of other times become columns
 * of a few tables, each distinct one once. Throws where a rule needs what is not at hand.
 */
export function compilePlan(rules: readonly Rule[], options: PlanOptions): Plan {
  const slots = collectSlots(rules, options.fields);
  const {profiles} = options;
  const compiling: CompileOptions = {...options, column: profileColumn, leaf};
  const drafts: Draft[] = [
    ...draft("events", slots.measures, options.passSize ?? 24, (all, context, only) =>
      passSql(all, profiles, events(context), only)
    ),
    ...draft("sequences", slots.sequences, 24, (all, context, only) =>
      sequencesSql(all, profiles, events(context), only)
    ),
    ...draft(
      "ranks",
      slots.ranks,
      100,
      (all, context, only) =>
      ranksSql(all, atHand(options.ranks, "metrics and deciles of other times"), {...context, fields: options.fields}, only) // prettier-ignore
    ),
    ...draft("members", slots.memberships, 100, (all, context, only) =>
      membershipSql(all, atHand(options.memberships, "members of audiences"), context, only)
    )
  ];
  return {tables, with: withTables, from, options: compiling, target};

  function tables(): PlanTable[] {
    return drafts.map(({name, sql}) => {
      const parameters = new Parameters();
      const text = sql(parameters);
      const {values} = parameters;
      return {name, sql: text, parameters: values, hash: textHash(JSON.stringify([text, values]))};
    });
  }

  function withTables(parameters: Parameters): string {
    if (drafts.length === 0) return "";
    return `with ${drafts.map(({name, sql}) => `${name} as (\n  ${sql(parameters)}\n)`).join(",\n")}\n`;
  }

  function from(nameOf = (name: string) => name): string {
    const joins = drafts.map(({name}) => {
      const made = nameOf(name);
      return `left join ${made === name ? name : `${made} as ${name}`} on ${name}._key = p.${profiles.key}`;
    });
    return [`${profiles.table} as p`, ...joins].join("\n  ");
  }

  function draft<Asked extends object, Kept extends object>(
    name: string,
    slots: SlotMap<Asked, Kept>,
    size: number,
    sql: (part: Kept[], context: TestContext, only?: string) => string
  ): Draft[] {
    // Neighbours read the same events, so that a pass reads no others.
    const all = slots.values.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return Array.from({length: Math.ceil(all.length / size)}, (_, i) => {
      const part = all.slice(i * size, (i + 1) * size);
      part.forEach((of, j) => slots.place(of, `${name}_${i + 1}._${j}`));
      return {
        name: `${name}_${i + 1}`,
        sql(parameters) {
          const only = options.only && parameters.bind(options.only.key, options.only.type);
          return sql(part, {...options, parameters}, only);
        }
      };
    });
  }

  function profileColumn(field: Field): string {
    if (isElsewhere(field)) return slots.ranks.column(field);
    return profiles.column?.(field) ?? `p.${quoteColumn(field.column)}`;
  }

  function events(context: TestContext): EventContext {
    return {...context, options: compiling, events: atHand(options.events, "events")};
  }

  function leaf(node: Exclude<Rule, Condition>, context: TestContext): string {
    if (isAudience(node)) {
      const inlined = inlinedRule(node, options.fields);
      if (inlined) return compileNode(inlined, compiling, context) ?? always;
      const column = slots.memberships.column(node);
      return node.membership === "never" ? deny(column) : column;
    }
    if (isSequence(node)) return `(${slots.sequences.column(node)} is not null)`;
    if (isEvent(node)) return compileMeasure(node, slots.measures.column(node), options.fields, context);
    throw new Error(`not a condition: ${JSON.stringify(node)}`);
  }

  function target(node: Rule): Target | undefined {
    if (isCondition(node)) return profileTarget(fieldOf(node, options.fields), compiling);
    if (isEvent(node)) return measureTarget(node, slots.measures.column(node), options.fields);
    if (!isSequence(node)) return undefined;
    return {label: "last step", family: "date", type: "timestamp", sql: slots.sequences.column(node)};
  }
}

/** One statement that asks for `select` of those whom a planned rule takes in; it may name columns of `p`. */
export function planQuery(plan: Plan, rule: Rule, select: string): Compiled {
  const parameters = new Parameters();
  const tables = plan.with(parameters);
  const compiled = compileRule(rule, {...plan.options, parameters: parameters.values});
  return {
    sql: `${tables}select ${select}\nfrom ${plan.from()}\nwhere ${compiled.sql}`,
    parameters: compiled.parameters
  };
}

interface Draft {
  name: string;
  sql(parameters: Parameters): string;
}

function atHand<T>(table: T | undefined, what: string): T {
  if (!table) throw new Error(`${what} are not at hand here`);
  return table;
}
