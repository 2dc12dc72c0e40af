import {quoteText, type Database} from "../engine/database.js";
import type {CompiledSource} from "./compile.js";
import {typedRelation, type Reader} from "./readers.js";

/** What the one pass over a file left in the temporary tables `staged` and `structural`. */
export interface Staged {
  rows: number;
  rejected: number;
}

/**
 * Reads a file once: casts, evaluates every mapping and check, and keeps the raw fields of refused rows only. Leaves the
 * temporary table `staged` (`raw` is null in good rows; rowid is the order of the file) and `refused`, one row per reason.
 */
export async function stageFile(
  database: Database,
  compiled: CompiledSource,
  reader: Reader,
  file: string,
  arrival: Date
): Promise<Staged> {
  const {source} = compiled;
  const limit = `timestamp '${new Date(arrival.getTime() + 86_400_000).toISOString().slice(0, 23).replace("T", " ")}'`;
  const checks = compiled.checks.map((check) => ({...check, condition: check.condition.replaceAll("$limit", limit)}));
  const layers = (relation: string, row: string) => {
    const typed = typedRelation(relation, source, reader.fields, {file, row, zone: compiled.zone});
    const staged = [...compiled.staged].map(([name, sql]) => `${sql} as ${name}`);
    return `(select ${["*", ...staged].join(", ")} from ${typed})`;
  };
  const keep = [...compiled.staged.keys(), ...keyColumns(compiled, reader)];
  const conditions = checks.map((check) => `(${check.condition})`);
  const bad = conditions.length === 0 ? "false" : `coalesce(${conditions.join(", false) or coalesce(")}, false)`;
  const raw = `case when ${bad} then [${reader.fields.map((_, i) => `_c${i}`).join(", ")}] end as raw`;
  await database.run("drop table if exists staged; drop table if exists refused");
  await database.run(
    `create temp table staged as select ${[...keep, raw].join(", ")} from ${layers(reader.relation, "row_number() over ()")}`
  );
  const refusedFields = reader.fields.map((_, i) => `raw[${i + 1}] as _c${i}`);
  const again = `(select rowid as _at, raw as _raw, ${refusedFields.join(", ")} from staged where raw is not null)`;
  const reasons = checks.map(
    ({code, column, level, condition, value, message}) =>
      `select _at, ${level} as level, ${quoteText(column)} as column_name, left(${value}, 200) as value,
         ${quoteText(code)} as code, ${quoteText(message)} as message, _raw
       from checked where ${condition}`
  );
  if (reasons.length === 0) reasons.push("select null, 1, '', '', '', '', null from checked where false");
  await database.run(`
    create temp table refused as
    with checked as materialized (from ${layers(again, "_at + 1")}),
    reasons as (${reasons.join(" union all ")})
    select * from reasons qualify level = min(level) over (partition by _at) order by _at, column_name, code
  `);
  const counts = await database.row<Staged>("select count(*) as rows, count(raw) as rejected from staged");
  return counts!;
}

/** The staging column `_key`, where the rule needs one. */
function keyColumns(compiled: CompiledSource, reader: Reader): string[] {
  if (compiled.key) return [`md5_number(${compiled.key}) as _key`];
  if (compiled.source.rule.rule !== "content") return [];
  const order = reader.fields.map((name, i) => ({name, i})).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [`md5_number(${order.map(({i}) => `coalesce(_c${i}, chr(0))`).join(" || chr(31) || ")}) as _key`];
}
