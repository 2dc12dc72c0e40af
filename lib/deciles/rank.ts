export interface Ranking {
  /** A table, or a query in parentheses. */
  from: string;
  /** Columns that name the groups ranked apart; never null. */
  partition: string[];
  /** The column ranked by, greatest first; never null. */
  value: string;
  /** What orders equal values under `split`: ascending, unique within a group. */
  id: string;
  /** 2 to 100. */
  buckets: number;
  /** together: equal values share a bucket; split: equal counts, by NTILE. */
  ties: "together" | "split";
  /** Groups smaller than this get no bucket. */
  minPartition: number;
}

/**
 * SQL that ranks: the columns of `from`, and `bucket` (1 is best), `reason` (why there is none), `percentile` (0 to 100,
 * 100 is best, equal values alike), `partition_size`, `tied` (rows that share the value). Runs in every DuckDB.
 *
 * Under `together` the bucket is ceil(buckets × midrank / n), midranks counted from the top; in integers, because
 * twice a midrank is one: no rounding decides a bucket.
 */
export function rankSql({from, partition, value, id, buckets, ties, minPartition}: Ranking): string {
  const keys = partition.join(", ");
  const group = keys && `partition by ${keys}`;
  // Counted beside: as a window without an order it costs as much as sorting does.
  const sizes = keys
    ? `join (select ${keys}, count(*) as partition_size from ${from} group by ${keys}) as sizes using (${keys})`
    : `cross join (select count(*) as partition_size from ${from}) as sizes`;
  const isSplit = ties === "split";
  const bucket = isSplit
    ? "split_bucket::integer"
    : `((${buckets} * midrank_twice + 2 * partition_size - 1) // (2 * partition_size))::integer`;
  return `
    select * exclude (first_rank, midrank_twice${isSplit ? ", split_bucket" : ""}),
      case when partition_size >= ${minPartition} then ${bucket} end as bucket,
      case when partition_size < ${minPartition} then 'small_partition' end as reason,
      case when partition_size < ${minPartition} then null when partition_size = 1 then 100.0::double
        else 100.0::double * (2 * partition_size - midrank_twice) / (2 * (partition_size - 1)) end as percentile
    from (
      select placed.*, sizes.partition_size, 2 * first_rank + tied - 1 as midrank_twice from (
        select *,
          ${isSplit ? `ntile(${buckets}) over (${group} order by ${value} desc, ${id}) as split_bucket,` : ""}
          rank() over ranked as first_rank,
          count(*) over (ranked range between current row and current row) as tied
        from ${from}
        window ranked as (${group} order by ${value} desc)
      ) as placed ${sizes}
    )`;
}
