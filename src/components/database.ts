import type {AsyncDuckDB, AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import type {Table} from "apache-arrow";
import {FileAttachment} from "observablehq:stdlib";
import {showLoading} from "./loading.js";
import {bindable, template, type Bindable} from "./parameters.js";

/** The published databases, read by DuckDB in the reader's own browser. */
export interface BrowserDatabase {
  /** A query's result as an Arrow table. Parameters stand as `?` or `$1`; they are bound, never pasted. */
  query(sql: string, parameters?: readonly Bindable[]): Promise<Table>;
  /** A query's result as plain objects. */
  rows<T = Record<string, unknown>>(sql: string, parameters?: readonly Bindable[]): Promise<T[]>;
  /** Makes another published database known under its name; `workspace` is attached from the start. */
  attach(name: PublishedDatabase): Promise<void>;
}

export type PublishedDatabase = "workspace" | "segments";

let opened: Promise<BrowserDatabase> | undefined;

/** Opens the database when somebody first asks; later calls share it. A failed start may be tried again. */
export function openDatabase(): Promise<BrowserDatabase> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/**
 * A query over the warehouse's tables, as a tagged template: `${…}` are bound as parameters. What ```sql fences run.
 *
 * @example const top = await sql`from derived.deciles where metric = ${metric} and bucket = 1`;
 */
export async function sql(strings: TemplateStringsArray, ...values: unknown[]): Promise<Table> {
  const {text, parameters} = template(strings, values);
  return (await openDatabase()).query(text, parameters);
}

async function open(): Promise<BrowserDatabase> {
  if (typeof WebAssembly === "undefined" || typeof Worker === "undefined") {
    throw new Error("this browser has no WebAssembly or no workers: live queries need both; the charts above do not");
  }
  const loading = showLoading();
  try {
    return await start(loading.progress).catch(async () => start(loading.progress));
  } catch (error) {
    throw new Error(`the database could not be loaded: ${(error as Error).message}; reload the page to try again`, {
      cause: error
    });
  } finally {
    loading.remove();
  }
}

async function start(progress: (share: number) => void): Promise<BrowserDatabase> {
  const duckdb = await import("@duckdb/duckdb-wasm");
  const module = URL.createObjectURL(await unzip(progress));
  const worker = new Worker(FileAttachment("/vendor/duckdb-eh.worker.js").href);
  // A worker that does not start answers nothing: without this its engine would be waited for without end.
  const broken = new Promise<never>((_, reject) =>
    worker.addEventListener("error", ({message}) => reject(new Error(message || "its worker did not start")))
  );
  const engine = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  try {
    await Promise.race([engine.instantiate(module), broken]);
    await engine.open({
      query: {castBigIntToDouble: true, castDecimalToDouble: true, castTimestampToDate: true},
      filesystem: {reliableHeadRequests: true, allowFullHTTPReads: true, forceFullHTTPReads: false}
    });
    const connection = await engine.connect();
    const database = wrap(engine, connection);
    await database.attach("workspace");
    await connection.query("use workspace");
    return database;
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    URL.revokeObjectURL(module);
  }
}

/** The engine's code, shipped compressed: 8 MB instead of 34. */
async function unzip(progress: (share: number) => void): Promise<Blob> {
  const file = FileAttachment("/vendor/duckdb-eh.wasm.gz");
  const response = await fetch(file.href);
  if (!response.ok || !response.body) throw new Error(`${response.status} for ${file.name}`);
  const total = Math.max(file.size, Number(response.headers.get("content-length")));
  let done = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        progress(total ? Math.min(1, (done += chunk.length) / total) : 0);
        controller.enqueue(chunk);
      }
    })
  );
  const unzipped = counted.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  const bytes = await new Response(unzipped).arrayBuffer();
  return new Blob([bytes], {type: "application/wasm"});
}

function wrap(engine: AsyncDuckDB, connection: AsyncDuckDBConnection): BrowserDatabase {
  const attached = new Map<PublishedDatabase, Promise<void>>();
  const query = async (text: string, parameters: readonly Bindable[] = []) => {
    if (parameters.length === 0) return (await connection.query(text)) as unknown as Table;
    const statement = await connection.prepare(text);
    try {
      return (await statement.query(...parameters.map(bindable))) as unknown as Table;
    } finally {
      await statement.close();
    }
  };
  return {
    query,
    rows: async <T>(text: string, parameters?: readonly Bindable[]) =>
      (await query(text, parameters)).toArray().map((row) => (row as {toJSON(): T}).toJSON()),
    attach(name) {
      let promise = attached.get(name);
      if (!promise) {
        promise = attach(engine, connection, name).catch((error: unknown) => {
          attached.delete(name);
          throw error;
        });
        attached.set(name, promise);
      }
      return promise;
    }
  };
}

async function attach(engine: AsyncDuckDB, connection: AsyncDuckDBConnection, name: PublishedDatabase) {
  const file =
    name === "workspace" ? FileAttachment("/data/workspace.duckdb") : FileAttachment("/data/segments.duckdb");
  // A small file is fastest as a whole; a large one is read in ranges, where the server gives them.
  if (file.size < 20e6) {
    const response = await fetch(file.href);
    if (!response.ok) throw new Error(`${response.status} for ${file.name}`);
    await engine.registerFileBuffer(file.name, new Uint8Array(await response.arrayBuffer()));
  } else {
    const http = 4;
    await engine.registerFileURL(file.name, file.href, http, false);
  }
  await connection.query(`attach '${file.name}' as ${name} (read_only)`);
}
