import {quoteColumn} from "../sql.js";
import {Parameters} from "./bind.js";
import {compileNode, profileTarget, type Compiled, type CompileOptions} from "./compile.js";
import {fieldOf, isElsewhere, type Field} from "./field.js";
import {textHash} from "./hash.js";
import {always, deny, either} from "./logic.js";
import {compileMeasure, measureTarget, needsEvents, type EventMeasure} from "./measure.js";
import {membershipSql, type MembershipTable} from "./membership.js";
import {passKeys, passSql} from "./pass.js";
import {ranksSql, type RankTables} from "./ranks.js";
import {childrenOf, containerKind, isAudience, isCondition, isEvent, isSequence, type Rule} from "./rule.js";
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
    /** A column that numbers them from 0, almost without gaps, as `number` of the events does. */
    number?: string;
    /** The SQL of a field's column, the table being called `p`; default: p and its quoted name. */
    column?: (field: Field) => string;
  };
  events?: EventTable;
  ranks?: RankTables;
  memberships?: MembershipTable;
  /** Only one profile is looked at: its key, and the SQL type of it. */
  only?: {key: Scalar; type: string};
  /**
   * Leave out of a pass over the events whom none of its conditions holds for: `compileRule` comes to the same, but
   * targets say nothing of them. Default: false.
   */
  deciding?: boolean;
}

/** A query of at most one row per profile: `_key`, and `_0`, `_1`, …: what conditions compare. */
export interface PlanTable extends Compiled {
  name: string;
  /** Changes with what the query gives. */
  hash: string;
  /** How many columns there are beside `_key`. */
  columns: number;
}

/** How the conditions of any number of rules are answered together. */
export interface Plan {
  /** How many columns the tables have together. */
  columns: number;
  /** The tables to be made first, each by itself. */
  tables(): PlanTable[];
  /** The same as the beginning of one statement, `with …`; empty where there are none. */
  with(parameters: Parameters): string;
  /** What stands after FROM: the profiles as `p`, and beside them the tables; with `join` only whom all of these have. */
  from(join?: "left join" | "join"): string;
  /** Whether a rule holds only for who is in the tables, of which there is one. */
  isWithin(rule: Rule): boolean;
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
  const keys = passKeys(profiles, options.events);
  const drafts: Draft[] = [
    ...draft(
      "events",
      slots.measures,
      24,
      (all, context, only) => passSql(all, profiles, events(context), {only, having: having(all, context)}),
      keys.profile
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
  const columns = drafts.reduce((sum, draft) => sum + draft.columns, 0);
  return {columns, tables, with: withTables, from, isWithin, options: compiling, target};

  function tables(): PlanTable[] {
    return drafts.map(({name, sql, columns}) => {
      const parameters = new Parameters();
      const text = sql(parameters);
      const {values} = parameters;
      return {name, sql: text, parameters: values, hash: textHash(JSON.stringify([text, values])), columns};
    });
  }

  function withTables(parameters: Parameters): string {
    if (drafts.length === 0) return "";
    return `with ${drafts.map(({name, sql}) => `${name} as (\n  ${sql(parameters)}\n)`).join(",\n")}\n`;
  }

  function from(join = "left join"): string {
    const joins = drafts.map(({name, key}) => `${join} ${name} on ${name}._key = p.${key}`);
    return [`${profiles.table} as p`, ...joins].join("\n  ");
  }

  function isWithin(node: Rule): boolean {
    if (drafts.length !== 1) return false;
    const kind = containerKind(node);
    if (kind === "none") return false;
    if (kind === "all") return childrenOf(node).some(isWithin);
    if (kind === "any") return childrenOf(node).length > 0 && childrenOf(node).every(isWithin);
    return isSequence(node) || (isEvent(node) && needsEvents(node));
  }

  function draft<Asked extends object, Kept extends object>(
    name: string,
    slots: SlotMap<Asked, Kept>,
    size: number,
    sql: (part: Kept[], context: TestContext, only?: string) => string,
    key = profiles.key
  ): Draft[] {
    // Neighbours read the same events, so that a pass reads no others.
    const all = slots.values.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return Array.from({length: Math.ceil(all.length / size)}, (_, i) => {
      const part = all.slice(i * size, (i + 1) * size);
      part.forEach((of, j) => slots.place(of, `${name}_${i + 1}._${j}`));
      return {
        name: `${name}_${i + 1}`,
        key,
        columns: part.length,
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

  /** What some of a pass's conditions hold for; undefined where one may hold for whoever has no such event. */
  function having(measures: EventMeasure[], context: TestContext): string | undefined {
    if (!options.deciding) return undefined;
    const conditions = measures.flatMap((measure, i) => slots.measures.askedFor(measure).map((asked) => ({asked, i})));
    if (conditions.length > mostDeciding || !conditions.every(({asked}) => needsEvents(asked))) return undefined;
    return either(conditions.map(({asked, i}) => compileMeasure(asked, `_${i}`, options.fields, context)));
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

/** To ask more conditions twice than these takes longer than to join everybody with such an event. */
const mostDeciding = 24;

interface Draft {
  name: string;
  /** The profiles' column that `_key` is. */
  key: string;
  columns: number;
  sql(parameters: Parameters): string;
}

function atHand<T>(table: T | undefined, what: string): T {
  if (!table) throw new Error(`${what} are not at hand here`);
  return table;
}
