import {isNegated, type PositiveStep, type NegatedStep, type SequenceCondition} from "./event.js";
import type {ProfileTable} from "./pass.js";
import {parseSpan, spanSeconds} from "./span.js";
import {bindings, eventsOfStep, stepCaptures, type Capture, type Chain, type Source} from "./step.js";
import type {EventContext} from "./where.js";

/** Who meets each of some sequences, side by side: `_key`, and `_0`, `_1`, … as of `sequenceSql`. */
export function sequencesSql(
  sequences: SequenceCondition[],
  profiles: ProfileTable,
  context: EventContext,
  only?: string
): string {
  const all = sequences.map((sequence) => sequenceSql(sequence, profiles, context, only));
  if (all.length === 1) return all[0]!;
  const parts = all.map((sql, i) => {
    const columns = all.map((_, j) => `${i === j ? "_0" : "null::timestamp"} as _${j}`);
    return `select _key, ${columns.join(", ")} from (${sql}) as met`;
  });
  const merged = all.map((_, i) => `max(_${i}) as _${i}`);
  return `select _key, ${merged.join(", ")} from (${parts.join("\n  union all ")}) as met group by _key`;
}

/**
 * Who meets a sequence: `_key`, and `_0`, the time of the last event of their latest chain.
 *
 * Step by step: the events that may be the last of a chain so far, each with the span in which the next step may follow.
 * An event goes on with a chain where it lies in the span of some event before it. Of the spans that begin before it the
 * one that ends last decides: mostly the latest one, which an ASOF join finds. A negated step that lasts for a while only
 * breaks this order; then the running maximum of the ends takes its place. Fields that later steps refer to are carried
 * along and compared by equality in that join; where they are not, events are joined pair by pair.
 */
function sequenceSql(
  {sequence, time}: SequenceCondition,
  profiles: ProfileTable,
  context: EventContext,
  only?: string
): string {
  const ctes: string[] = [];
  const add: Add = (sql) => {
    const name = `q${ctes.length}`;
    ctes.push(`${name} as (${sql})`);
    return name;
  };
  const source: Source = {profiles, context, only, time};
  let chain: Chain | undefined;
  let between: NegatedStep[] = [];
  sequence.forEach((step, i) => {
    if (isNegated(step)) return between.push(step);
    const captures = stepCaptures(sequence, i);
    chain = chain ? follow(chain, between, step, captures, source, add) : begin(step, captures, source, add);
    between = [];
  });
  let name = chain!.name;
  const kept = between.map((step, i) => {
    const until = `u${i}`;
    name = deaths({...chain!, name}, step, until, source, add);
    if (!step.within) return `${until} is null`;
    const end = plus("t", step.within);
    return `(${until} is null or ${until} > ${end}) and ${end} < ${context.parameters.instant(context.asOf)}`;
  });
  const where = kept.length > 0 ? `\n  where ${kept.join(" and ")}` : "";
  return `with ${ctes.join(",\n  ")}\n  select k as _key, max(t) as _0 from ${name}${where} group by k`;
}

type Add = (sql: string) => string;

function begin(step: PositiveStep, captures: Capture[], source: Source, add: Add): Chain {
  const {sql, fields} = eventsOfStep(step.event, step.where, source, {time: source.time, step, captures});
  const columns = captures.map((capture, i) => `${fields(capture)} as c${i}`);
  if (columns.length === 0) return {name: add(sql), captures};
  return {name: add(`select distinct ${["k", "t", ...columns].join(", ")} from (${sql}) as e`), captures};
}

/** The events of a step that go on with a chain. */
function follow(
  chain: Chain,
  between: NegatedStep[],
  step: PositiveStep,
  captures: Capture[],
  source: Source,
  add: Add
): Chain {
  const binding = bindings(step.where, chain);
  const isAsof = binding.rest.length === 0 && chain.captures.every((_, i) => binding.equal.some(({at}) => at === i));
  const {name, ends} = spans(chain, between, step, isAsof, source, add);
  const start = step.after_at_least ? `s.t + ${seconds(step.after_at_least)}` : undefined;
  const {sql, fields, residual} = eventsOfStep(step.event, step.where, source, {
    time: source.time,
    step,
    captures,
    chain
  });
  const carried = captures.map((capture, i) => {
    const at = chain.captures.findIndex((known) => known.step === capture.step && known.field === capture.field);
    return `${at < 0 ? `a.${fields(capture)}` : `s.c${at}`} as c${i}`;
  });
  const equal = binding.equal.map(({at}, i) => ` and a.x${i} = s.c${at}`).join("");
  const columns = ["a.k", "a.t", ...carried].join(", ");
  const inside = ends ? [`a.t <= s.stop`] : [];
  const order = start ? `a.t >= s.start` : `a.t > s.t`;
  const spansSql = start ? `(select s.*, ${start} as start from ${name} as s)` : name;
  const kept = isAsof ? inside : [order, ...inside, ...(residual ? [residual] : [])];
  const where = kept.length > 0 ? ` where ${kept.join(" and ")}` : "";
  const join = isAsof
    ? `asof join ${spansSql} as s on a.k = s.k${equal} and ${order}`
    : `join ${spansSql} as s on a.k = s.k${equal}`;
  // An ASOF join gives an event once; with fields carried along, or pair by pair, it may come more than once.
  const distinct = isAsof && captures.length === 0 ? "" : "distinct ";
  return {name: add(`select ${distinct}${columns} from (${sql}) as a ${join}${where}`), captures};
}

/** A chain's events with the end (`stop`) of the span in which the step may follow, where there is one. */
function spans(
  chain: Chain,
  between: NegatedStep[],
  step: PositiveStep,
  isAsof: boolean,
  source: Source,
  add: Add
): {name: string; ends: boolean} {
  let {name} = chain;
  const ends = between.map((negated, i) => {
    name = deaths({...chain, name}, negated, `u${i}`, source, add);
    return negated.within ? `case when u${i} <= ${plus("t", negated.within)} then u${i} end` : `u${i}`;
  });
  if (step.within) ends.push(plus("t", step.within));
  if (ends.length === 0) return {name, ends: false};
  const own = ["k", "t", ...chain.captures.map((_, i) => `c${i}`)].join(", ");
  const stop = `coalesce(${ends.length > 1 ? `least(${ends.join(", ")})` : ends[0]}, 'infinity'::timestamp)`;
  if (!isAsof || !between.some(({within}) => within)) {
    return {name: add(`select ${own}, ${stop} as stop from ${name}`), ends: true};
  }
  const groups = ["k", ...chain.captures.map((_, i) => `c${i}`)].join(", ");
  const running = `max(${stop}) over (partition by ${groups} order by t rows between unbounded preceding and current row)`;
  return {name: add(`select ${own}, ${running} as stop from ${name}`), ends: true};
}

/** A chain's events with the time of the next event after each that must not happen, null where there is none. */
function deaths(chain: Chain, step: NegatedStep, until: string, source: Source, add: Add): string {
  const {equal, rest} = bindings(step.where, chain);
  const {sql, residual} = eventsOfStep(step.no_event, step.where, source, {captures: [], chain});
  const same = equal.map(({at}, i) => ` and s.c${at} = n.x${i}`).join("");
  if (rest.length === 0) {
    return add(
      `select s.*, n.t as ${until} from ${chain.name} as s asof left join (${sql}) as n on s.k = n.k${same} and s.t < n.t`
    );
  }
  const own = ["k", "t", ...chain.captures.map((_, i) => `c${i}`)];
  const first = add(`select ${own.map((column) => `s.${column}`).join(", ")}, min(a.t) as u from ${chain.name} as s
    join (${sql}) as a on s.k = a.k${same.replaceAll("n.x", "a.x")} where a.t > s.t and ${residual} group by all`);
  const on = own.map((column) => `d.${column} is not distinct from s.${column}`).join(" and ");
  return add(`select s.*, d.u as ${until} from ${chain.name} as s left join ${first} as d on ${on}`);
}

function plus(time: string, span: string): string {
  return `${time} + ${seconds(span)}`;
}

function seconds(span: string): string {
  return `to_seconds(${spanSeconds(parseSpan(span)!)})`;
}
