import {quoteInstant, quoteName, quoteText} from "../../lib/sql.js";
import type {Database} from "../engine/database.js";
import {anySql, type Check} from "./checks.js";
import {castSql, textName} from "./columns.js";
import type {CompiledSource, Needs} from "./compile.js";
import {engineFault} from "./errors.js";
import type {Reader} from "./readers.js";
import {countSkipped, keepUnreadable} from "./unreadable.js";

/** What one pass over a file came to. */
export interface Staged {
  /** Records in the file. */
  rows: number;
  rejected: number;
  /** The first row's rowid: not 0 where the caller's transaction made the table. */
  firstRow: bigint;
}

export interface StageOptions {
  /** As `_file` and messages show it. */
  file: string;
  arrival: Date;
}

/**
 * Reads a file once: casts, evaluates every mapping and check, and keeps the raw fields of refused rows only. Leaves two
 * temporary tables: `staged`, whose `raw` is null in good rows and whose rowid is their order in the file, and `refused`,
 * one row per refused row and reason.
 */
export async function stageFile(
  database: Database,
  compiled: CompiledSource,
  reader: Reader,
  options: StageOptions
): Promise<Staged> {
  const pass = new Pass(compiled, reader, options);
  let counts: Counts;
  try {
    await firstThatWorks(database, pass);
    if (pass.names("_row") && (await countSkipped(database, reader)) > 0) {
      pass.skips = true;
      await firstThatWorks(database, pass);
    }
    counts = (await database.row<Counts>(
      "select count(*) as rows, count(raw) as rejected, coalesce(min(rowid), 0) as first from staged"
    ))!;
    // The checks are planned once more only where a row is refused.
    const reasons = counts.rejected > 0 ? `as ${pass.reasonsSql(BigInt(counts.first))}` : refusedColumns;
    await database.run(`drop table if exists refused; create temp table refused ${reasons}`);
  } finally {
    // Fails where an error has ended the caller's transaction; the next pass sets it anew.
    await database.run("set disabled_optimizers = ''").catch(() => {});
  }
  const unreadable = await keepUnreadable(database, reader);
  return {rows: counts.rows + unreadable, rejected: counts.rejected + unreadable, firstRow: BigInt(counts.first)};
}

interface Counts {
  rows: number;
  rejected: number;
  first: number | bigint;
}

const refusedColumns =
  "(_at bigint, ordinal bigint, column_name varchar, value varchar, code varchar, message varchar, raw varchar)";

/**
 * Files with mixed line ends need the lenient reader; expressions that raise an error on some row need the careful pass,
 * which refuses those rows at the cost of speed. What a file needs is remembered: inside a transaction there is one try.
 */
async function firstThatWorks(database: Database, pass: Pass): Promise<void> {
  for (;;) {
    try {
      await database.run(
        "drop table if exists staged; drop table if exists reject_errors; drop table if exists reject_scans"
      );
      await database.run(`set disabled_optimizers = '${pass.disabledOptimizers().join(",")}'`);
      return await database.run(pass.stageSql());
    } catch (error) {
      const {needs} = pass;
      const message = (error as Error).message.split("\n")[0]!;
      if (!needs.lenient && /CSV/.test(message)) needs.lenient = true;
      else if (!needs.careful && /^(Conversion|Out of Range|Invalid Input) Error/.test(message)) needs.careful = true;
      else throw engineFault(error);
    }
  }
}

/** The SQL of the pass, as layers: raw columns → texts → typed columns → mapped expressions → checks. */
class Pass {
  /** Whether the temporary table `skipped` says how many unreadable records stand before which readable ones. */
  skips = false;
  /** What the file was found to need. */
  readonly needs: Needs;

  constructor(
    private readonly compiled: CompiledSource,
    private readonly reader: Reader,
    private readonly options: StageOptions
  ) {
    this.needs = compiled.needs.get(options.file) ?? {careful: false, lenient: false};
    compiled.needs.set(options.file, this.needs);
  }

  /**
   * Rowids are the order of the file only where nothing is joined: an IN of many values must not become a join. And an
   * expression that two others share must stay inside their TRY.
   */
  disabledOptimizers(): string[] {
    return ["in_clause", ...(this.needs.careful ? ["common_subexpressions"] : [])];
  }

  stageSql(): string {
    const {compiled, reader} = this;
    const raw = `case when ${anySql(this.checks())} then [${rawColumns(reader).join(", ")}] end as raw`;
    const rates = compiled.events.flatMap((event, i) => (event.exchange ? [`_rate${i}`] : []));
    const columns = [...compiled.staged.keys(), ...rates, ...this.keyColumn(), raw];
    // A join gives rows in any order; one with the rates has to be put in that of the file again.
    const order = rates.length > 0 ? "order by _n" : "";
    return `create temp table staged as select ${columns.join(", ")} from ${this.layers(this.records(rates.length > 0), this.skips ? "_ordinal" : "row_number() over ()")} ${order}`;
  }

  /** The file's records, with their place `_n` among the readable ones where that is asked for. */
  private records(isNumbered: boolean): string {
    const relation = this.reader.relation(this.needs.lenient);
    const numbered = `(select *, row_number() over () as _n from ${relation})`;
    if (!this.skips) return isNumbered ? numbered : relation;
    return `(select l.*, l._n + coalesce(s.count, 0) as _ordinal
      from ${numbered} l asof left join skipped s on l._n > s.before
      order by l._n)`;
  }

  /** Whether a column reads `_file` or `_row`. */
  names(own: "_file" | "_row"): boolean {
    const {columns, events, attributes, identities, rule, time} = this.compiled.source;
    return JSON.stringify([columns, events, attributes, identities, rule, time]).includes(own);
  }

  /** One row per reason: the checks again, over the refused rows only. */
  reasonsSql(firstRow: bigint): string {
    const {reader} = this;
    const raw = rawColumns(reader).map((name, i) => `raw[${i + 1}] as ${name}`);
    const refused = `(select rowid - ${firstRow} as _at, raw as _raw, ${raw.join(", ")} from staged where raw is not null)`;
    const reasons = this.checks().map(
      ({code, column, level, condition, value, message}) =>
        `select _at, ${level} as level, ${quoteText(column)} as column_name, left(${value}, 200) as value,
           ${quoteText(code)} as code, ${quoteText(message)} as message, _raw
         from checked where ${condition}`
    );
    if (reasons.length === 0)
      reasons.push(
        "select 0 as _at, 1 as level, '' as column_name, '' as value, '' as code, '' as message, ['']::varchar[] as _raw from checked where false"
      );
    return `
      with checked as materialized (from ${this.layers(refused, "_at + 1")}), reasons as (${reasons.join(" union all ")})
      select _at, _at + 1 as ordinal, column_name, value, code, message, (${reader.raw})::varchar as raw
      from reasons qualify level = min(level) over (partition by _at)`;
  }

  private checks(): Check[] {
    const limit = quoteInstant(new Date(this.options.arrival.getTime() + 86_400_000));
    const careful: Check[] = this.needs.careful
      ? [...this.compiled.staged].map(([name]) => ({
          code: "expression_failed",
          column: "",
          level: 1,
          condition: `_l${name} is null`,
          value: "null",
          message: `an expression of the source fails on this row: ${this.compiled.staged.get(name)!}`
        }))
      : [];
    const exchange: Check[] = this.compiled.events.flatMap((event, i) =>
      event.exchange
        ? [
            {
              code: "foreign_currency",
              column: "currency",
              level: 2,
              condition: `${event.when ? `${event.when} and ` : ""}${event.value.sql} is not null and ${event.exchange.currency} <> ${quoteText(this.compiled.currency)} and _rate${i} is null`,
              value: event.exchange.currency,
              message: `no rate to ${this.compiled.currency} on or before the day: land a lookup called rates (currency, date, rate)`
            }
          ]
        : []
    );
    return [...this.reader.checks, ...this.compiled.checks, ...careful, ...exchange].map((check) => ({
      ...check,
      condition: check.condition.replaceAll("$limit", limit)
    }));
  }

  private layers(relation: string, row: string): string {
    const {compiled, reader} = this;
    const {source} = compiled;
    const columns = Object.entries(source.columns);
    const own = [
      ...(this.names("_file") ? [`${quoteText(this.options.file)} as _file`] : []),
      ...(this.names("_row") ? [`${row} as _row`] : [])
    ];
    const texts = columns.map(([name, column]) => `${this.textOf(column.from ?? name)} as ${textName(name)}`);
    const typed = columns.map(([name, column]) => {
      const zone = column.time_zone ?? compiled.zone;
      return `${castSql(textName(name), column, source.decimal, zone)} as ${quoteName(name)}`;
    });
    const first = [...own, ...(reader.prelude ? [reader.prelude] : [])];
    let sql = first.length > 0 ? `(select *, ${first.join(", ")} from ${relation})` : relation;
    sql = `(select *, ${texts.join(", ")} from ${sql})`;
    sql = `(select *, ${typed.join(", ")} from ${sql})`;
    const staged = [...compiled.staged].filter(([name, expression]) => name !== expression);
    if (staged.length === 0) return sql;
    if (this.needs.careful) {
      sql = `(select *, ${staged.map(([name, expression]) => `try([${expression}]) as _l${name}`).join(", ")} from ${sql})`;
      sql = `(select *, ${staged.map(([name]) => `_l${name}[1] as ${name}`).join(", ")} from ${sql})`;
    } else sql = `(select *, ${staged.map(([name, expression]) => `${expression} as ${name}`).join(", ")} from ${sql})`;
    return this.withRates(sql);
  }

  private withRates(relation: string): string {
    let sql = relation;
    this.compiled.events.forEach(({exchange}, i) => {
      if (!exchange) return;
      sql = `(select l.*, r.rate as _rate${i} from (select *, ${exchange.currency} as _currency${i}, ${exchange.date} as _date${i} from ${sql}) l
        left join rates_daily r on r.currency = l._currency${i} and r.date = l._date${i})`;
    });
    return sql;
  }

  private textOf(from: string): string {
    if (from === "_file") return "_file";
    if (from === "_row") return "_row::varchar";
    return this.reader.fields.get(from) ?? "null::varchar";
  }

  private keyColumn(): string[] {
    const {compiled, reader} = this;
    if (compiled.key) return [`(md5_number(${compiled.key}) >> 8) as _key`];
    if (compiled.source.rule.rule !== "content") return [];
    const order = [...reader.fields].sort(([a], [b]) => (a < b ? -1 : 1));
    const texts = reader.open ? ["json(_c0)::varchar"] : order.map(([, sql]) => `coalesce(${sql}, chr(0))`);
    return [`(md5_number(${texts.join(" || chr(31) || ")}) >> 8) as _key`];
  }
}

function rawColumns({width}: Reader): string[] {
  return Array.from({length: width}, (_, i) => `_c${i}`);
}
