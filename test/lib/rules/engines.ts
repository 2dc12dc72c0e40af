import {createRequire} from "node:module";
import {dirname, join} from "node:path";
import {createDuckDB, NODE_RUNTIME, VoidLogger} from "@duckdb/duckdb-wasm/blocking";
import type {Compiled} from "../../../lib/rules/compile.js";
import {openDatabase} from "../../../loaders/engine/database.js";

/** One of the two engines that rules run on. */
export interface Engine {
  name: string;
  run(sql: string): Promise<void>;
  rows(query: Compiled): Promise<Record<string, unknown>[]>;
  close(): void;
}

/** The embedded engine and DuckDB-WASM's Node build, side by side. */
export async function engines(): Promise<Engine[]> {
  return [await native(), await wasm()];
}

async function native(): Promise<Engine> {
  const database = await openDatabase(":memory:");
  return {
    name: "native",
    run: (sql) => database.run(sql),
    rows: ({sql, parameters}) => database.rows(sql, parameters.length > 0 ? parameters : undefined),
    close: () => database.close()
  };
}

async function wasm(): Promise<Engine> {
  const dist = dirname(createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"));
  const bundle = (name: string) => ({
    mainModule: join(dist, `duckdb-${name}.wasm`),
    mainWorker: join(dist, `duckdb-node-${name}.worker.cjs`)
  });
  const database = await createDuckDB({mvp: bundle("mvp"), eh: bundle("eh")}, new VoidLogger(), NODE_RUNTIME);
  await database.instantiate(() => {});
  database.open({query: {castBigIntToDouble: true, castDecimalToDouble: true}});
  const connection = database.connect();
  return {
    name: "wasm",
    async run(sql) {
      connection.query(sql);
    },
    async rows({sql, parameters}) {
      const statement = connection.prepare(sql);
      try {
        return statement
          .query(...parameters)
          .toArray()
          .map((row) => row.toJSON() as Record<string, unknown>);
      } finally {
        statement.close();
      }
    },
    close: () => connection.close()
  };
}
