import type {AsyncDuckDB, AsyncDuckDBConnection} from "@duckdb/duckdb-wasm";
import {clauseInterval, clausePoints, Coordinator, makeClient, Selection, wasmConnector} from "@uwdata/mosaic-core";
import {count, Query, sum} from "@uwdata/mosaic-sql";

/** The same rule dragged in Mosaic: `grab` makes its pre-aggregation anew, `drag` asks for one value. */
export interface MosaicDrag {
  grab(value: number): Promise<{count: number; value: number}>;
  drag(value: number): Promise<{count: number; value: number}>;
}

/**
 * One view of count and value over the bench's rule, as Mosaic counts it: two fixed clauses, and an interval that is
 * dragged by pixels, pre-aggregated. Without consolidation, which would wait for the next frame.
 */
export async function mosaicDrag(
  duckdb: AsyncDuckDB,
  connection: AsyncDuckDBConnection,
  {table, range}: {table: string; range: [number, number]}
): Promise<MosaicDrag> {
  const coordinator = new Coordinator(wasmConnector({duckdb, connection} as never), {
    logger: undefined,
    cache: false,
    consolidate: false
  } as never);
  const selection = Selection.intersect();
  let told: (result: {count: number; value: number}) => void = () => {};
  let refused: (error: Error) => void = () => {};
  makeClient({
    coordinator,
    selection,
    query: (filter: never) =>
      Query.from(table)
        .select({n: count(), v: sum("spend__12_months")})
        .where(filter) as never,
    queryResult(data: unknown) {
      const rows = [...(data as Iterable<{n: number; v: number}>)];
      told({count: Number(rows[0]?.n), value: Number(rows[0]?.v)});
    },
    queryError: (error: Error) => refused(error)
  } as never);
  const [tier, country, orders] = [{}, {}, {}].map((source) => ({source, clients: new Set<never>()}));
  const update = (clause: never) =>
    new Promise<{count: number; value: number}>((resolve, reject) => {
      [told, refused] = [resolve, reject];
      selection.update(clause);
    });
  const interval = (value: number) =>
    clauseInterval("orders__12_months", [value, range[1]], {
      ...(orders as object),
      scale: {type: "linear", domain: range, range: [0, range[1] - range[0]]},
      pixelSize: 1
    } as never) as never;
  await update(clausePoints(["tier"], [["Star"], ["Nova"]], tier as never) as never);
  await update(clausePoints(["country"], [["FR"], ["GB"], ["IT"], ["ES"]], country as never) as never);
  return {
    async grab(value) {
      await coordinator.preaggregator.dropSchema();
      selection.activate(interval(value));
      return update(interval(value));
    },
    drag: (value) => update(interval(value))
  };
}
