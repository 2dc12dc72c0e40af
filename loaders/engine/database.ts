import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue
} from "@duckdb/node-api";

/** What a named or positional parameter may be. */
export type Parameter = string | number | bigint | boolean | Date | null;
export type Parameters = Record<string, Parameter> | Parameter[];

/** One connection to an embedded DuckDB. */
export interface Database {
  readonly path: string;
  readonly connection: DuckDBConnection;
  /** Runs one or several statements (parameters: one statement only). */
  run(sql: string, parameters?: Parameters): Promise<void>;
  /**
   * A query's rows as plain objects: integers as number where exact (else bigint), DECIMAL as number, DATE as
   * YYYY-MM-DD, TIMESTAMP as Date (UTC), lists as arrays, structs and maps as objects.
   */
  rows<T = Record<string, unknown>>(sql: string, parameters?: Parameters): Promise<T[]>;
  /** The first row, or undefined. */
  row<T = Record<string, unknown>>(sql: string, parameters?: Parameters): Promise<T | undefined>;
  /** The first column of the first row, or undefined. */
  value<T = unknown>(sql: string, parameters?: Parameters): Promise<T | undefined>;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Not nestable. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Another connection to the same database, in UTC. */
  connect(): Promise<Database>;
  close(): void;
}

/** Opens (or makes) a DuckDB file, or `:memory:`. Options are DuckDB's, such as `memory_limit` or `access_mode`. */
export async function openDatabase(path: string, options: Record<string, string> = {}): Promise<Database> {
  const instance = await DuckDBInstance.create(path, options);
  return connect(instance, path, true);
}

async function connect(instance: DuckDBInstance, path: string, owner: boolean): Promise<Database> {
  const connection = await instance.connect();
  const rows = async <T>(sql: string, parameters?: Parameters): Promise<T[]> => {
    const reader = await connection.runAndReadAll(sql, bind(parameters));
    const names = reader.deduplicatedColumnNames();
    return reader.getRows().map((row) => {
      const object: Record<string, unknown> = {};
      for (let i = 0; i < names.length; ++i) object[names[i]!] = toPlain(row[i]!);
      return object as T;
    });
  };
  const row = async <T>(sql: string, parameters?: Parameters) => (await rows<T>(sql, parameters))[0];
  const run = async (sql: string, parameters?: Parameters) => {
    await connection.run(sql, bind(parameters));
  };
  return {
    path,
    connection,
    run,
    rows,
    row,
    async value<T>(sql: string, parameters?: Parameters) {
      const first = await row<Record<string, T>>(sql, parameters);
      return first && Object.values(first)[0];
    },
    async transaction(work) {
      await run("begin transaction");
      try {
        const result = await work();
        await run("commit");
        return result;
      } catch (error) {
        await run("rollback").catch(() => {});
        throw error;
      }
    },
    async connect() {
      const other = await connect(instance, path, false);
      await other.run("set timezone = 'UTC'");
      return other;
    },
    close() {
      connection.closeSync();
      if (owner) instance.closeSync();
    }
  };
}

function bind(parameters?: Parameters) {
  if (parameters === undefined) return undefined;
  if (Array.isArray(parameters)) return parameters.map(bindOne);
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, bindOne(value)]));
}

function bindOne(value: Parameter): DuckDBValue {
  return value instanceof Date ? new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n) : value;
}

/** A value as plain JavaScript: what `rows` gives. */
export function toPlain(value: DuckDBValue): unknown {
  if (typeof value === "bigint") {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  if (value === null || typeof value !== "object") return value;
  if (value instanceof DuckDBTimestampValue) return new Date(Number(value.micros / 1000n));
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue) return value.items.map(toPlain);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, toPlain(entry)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [String(toPlain(entry.key)), toPlain(entry.value)]));
  }
  return value.toString();
}
