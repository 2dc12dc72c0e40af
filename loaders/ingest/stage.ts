import {quoteName, quoteText, type Database} from "../engine/database.js";
import {anySql, type Check} from "./checks.js";
import {castSql, textName} from "./columns.js";
import type {CompiledSource} from "./compile.js";
import {IngestError} from "./errors.js";
import {literal} from "./load.js";
import type {Reader} from "./readers.js";
import {keepUnreadable} from "./unreadable.js";

/** What one pass over a file came to. */
export interface Staged {
  /** Records in the file. */
  rows: number;
  rejected: number;
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
  // Rowids are the order of the file only while the file is what drives the join with the rates.
  if (pass.joinsRates) await database.run("set disabled_optimizers = 'join_order,build_side_probe_side'");
  try {
    await firstThatWorks(database, pass);
  } finally {
    if (pass.joinsRates) await database.run("set disabled_optimizers = ''");
  }
  await database.run(`drop table if exists refused; create temp table refused as ${pass.reasonsSql()}`);
  const unreadable = await keepUnreadable(database, reader);
  const counts = await database.row<Staged>("select count(*) as rows, count(raw) as rejected from staged");
  return {rows: counts!.rows + unreadable, rejected: counts!.rejected + unreadable};
}

/**
 * Files with mixed line ends need the lenient reader; expressions that raise an error on some row need the careful pass,
 * which refuses those rows at the cost of speed.
 */
async function firstThatWorks(database: Database, pass: Pass): Promise<void> {
  for (const lenient of [false, true]) {
    for (const careful of [false, true]) {
      pass.lenient = lenient;
      pass.careful = careful;
      try {
        await database.run(
          "drop table if exists staged; drop table if exists reject_errors; drop table if exists reject_scans"
        );
        await database.run(pass.stageSql());
        return;
      } catch (error) {
        const message = (error as Error).message;
        if (/state machine|strict_mode/.test(message) && !lenient) break;
        if (/^(Conversion|Out of Range|Invalid Input) Error/.test(message) && !careful && !/CSV|JSON/.test(message))
          continue;
        throw engineFault(message);
      }
    }
  }
}

function engineFault(message: string): IngestError {
  const first = message.split("\n")[0]!;
  if (/malformed json|json/i.test(first))
    return new IngestError("broken_json", `the array is not whole JSON: ${first}`);
  if (/parquet/i.test(first)) return new IngestError("broken_parquet", first);
  return new IngestError("unreadable", `the engine cannot read it: ${first}`);
}

/** The SQL of the pass, as layers: raw columns → texts → typed columns → mapped expressions → checks. */
class Pass {
  careful = false;
  lenient = false;
  private readonly mapped: boolean;

  constructor(
    private readonly compiled: CompiledSource,
    private readonly reader: Reader,
    private readonly options: StageOptions
  ) {
    this.mapped = compiled.source.kind !== "lookup";
  }

  get joinsRates(): boolean {
    return this.compiled.events.some((event) => event.exchange);
  }

  stageSql(): string {
    const {compiled, reader} = this;
    const raw = `case when ${anySql(this.checks())} then [${rawColumns(reader).join(", ")}] end as raw`;
    const rates = compiled.events.flatMap((event, i) => (event.exchange ? [`_rate${i}`] : []));
    const columns = [...compiled.staged.keys(), ...rates, ...this.keyColumn(), raw];
    return `create temp table staged as select ${columns.join(", ")} from ${this.layers(reader.relation(this.lenient), "row_number() over ()")}`;
  }

  /** One row per reason: the checks again, over the refused rows only. */
  reasonsSql(): string {
    const {reader} = this;
    const raw = rawColumns(reader).map((name, i) => `raw[${i + 1}] as ${name}`);
    const refused = `(select rowid as _at, raw as _raw, ${raw.join(", ")} from staged where raw is not null)`;
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
    const limit = literal(new Date(this.options.arrival.getTime() + 86_400_000));
    const careful: Check[] = this.careful
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
    const given = JSON.stringify([
      source.columns,
      source.events,
      source.attributes,
      source.identities,
      source.rule,
      source.time
    ]);
    const own = [
      ...(given.includes("_file") ? [`${quoteText(this.options.file)} as _file`] : []),
      ...(given.includes("_row") ? [`${row} as _row`] : [])
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
    if (this.careful) {
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
