import {rmSync} from "node:fs";
import {quoteText} from "../../lib/sql.js";
import {openDatabase} from "../../loaders/engine/database.js";
import {clock} from "./report.js";

/**
 * What somebody who knows DuckDB would write for the bench's files and nothing else: read as text, check, drop
 * duplicates, append to a file ordered by time, join the profiles, rank. Each step in its fastest form
 * (src/docs/speed.md). Returns the seconds of each.
 */
export async function handWritten(landing: string, file: string): Promise<Record<string, number>> {
  rmSync(file, {force: true});
  const database = await openDatabase(file);
  const seconds: Record<string, number> = {};
  const time = async (name: string, sql: string) => {
    const start = clock();
    await database.run(sql);
    seconds[name] = (clock() - start) / 1000;
  };
  const read = (glob: string, columns: string[]) =>
    `read_csv(${quoteText(`${landing}/${glob}`)}, header = true, auto_detect = false, delim = ',', quote = '"',
       columns = {${columns.map((column) => `'${column}': 'VARCHAR'`).join(", ")}})`;
  try {
    await time(
      "read and check",
      `
      create table staged as
      select
        md5_number(event_id) as id, type, try_cast(happened_at as timestamp) as happened_at, hash(member) as profile_id, member,
        try_cast(amount as decimal(18, 4)) as amount, try_cast(quantity as bigint) as quantity, channel,
        (event_id is null)::utinyint
          | (coalesce(type not in ('purchase', 'refund', 'accrual', 'redemption', 'view'), true)::utinyint << 1)
          | ((try_cast(happened_at as timestamp) is null)::utinyint << 2)
          | ((member is null)::utinyint << 3)
          | ((amount is not null and try_cast(amount as decimal(18, 4)) is null or try_cast(amount as decimal(18, 4)) < 0)::utinyint << 4)
          | ((quantity is not null and try_cast(quantity as bigint) is null)::utinyint << 5)
          | ((channel not in ('web', 'app', 'phone', 'agency'))::utinyint << 6) as reasons,
        case when reasons is distinct from 0 then [event_id, type, happened_at, member, amount, quantity, channel] end as raw
      from ${read("events/*.csv", ["event_id", "type", "happened_at", "member", "amount", "quantity", "channel"])};
      create table rejects as select raw, reasons from staged where raw is not null;
      delete from staged where raw is not null;
      create table member_rows as
      select hash(member) as profile_id, tier, country, try_cast(changed_at as timestamp) as changed_at
      from ${read("members/members.csv", ["member", "tier", "country", "changed_at"])};
    `
    );
    await time(
      "duplicates",
      `
      create table twice as select id from staged group by id having count(*) > 1;
      create table surplus as
      select rowid as row from staged where id in (from twice)
      qualify row_number() over (partition by id order by rowid) > 1;
      delete from staged where rowid in (from surplus);
    `
    );
    await time(
      "append",
      `
      create table events (
        id uhugeint, type enum ('purchase', 'refund', 'accrual', 'redemption', 'view'), happened_at timestamp, profile_id ubigint,
        amount decimal(18, 4), quantity bigint, channel varchar
      );
      insert into events select id, type, happened_at, profile_id, amount, quantity, channel from staged order by happened_at;
      drop table staged;
    `
    );
    await time(
      "profiles",
      `
      create table profiles as
      select profile_id, min(happened_at) as first_at, max(happened_at) as last_at, any_value(tier) as tier, any_value(country) as country
      from events
      left join (
        select profile_id, arg_max(tier, changed_at) as tier, arg_max(country, changed_at) as country
        from member_rows group by profile_id
      ) using (profile_id)
      group by profile_id;
    `
    );
    const end = "getvariable('finish')";
    const months = [1, 3, 6, 9, 12];
    const totals = (metric: string, amount: string, types: string) => `
      select profile_id, '${metric}' as metric, unnest(['1 month', '3 months', '6 months', '9 months', '12 months', 'lifetime'])
        as lookback, unnest([${[...months.map((_, i) => `w${i}`), "life"].join(", ")}]) as value
      from (
        select profile_id,
          ${months.map((n, i) => `sum(${amount}) filter (happened_at >= ${end} - interval ${n} months) as w${i},`).join("\n")}
          sum(${amount}) as life
        from events where type in (${types}) group by profile_id
      )`;
    await time(
      "deciles",
      `
      set variable finish = (select date_trunc('day', max(happened_at)) + interval 1 day from events);
      create table deciles as
      with totals as (
        from (
          ${totals("spend", "case when type = 'refund' then -amount else amount end", "'purchase', 'refund'")}
          union all ${totals("miles", "quantity", "'accrual'")}
        ) where value is not null
      ),
      grouped as (
        select *, '*' as category from totals
        union all
        select totals.*, coalesce(tier, '(none)') from totals join profiles using (profile_id)
      ),
      ranks as (
        select metric, lookback, category, value, count(*) as tied,
          sum(count(*)) over (partition by metric, lookback, category order by value desc) as reached,
          sum(count(*)) over (partition by metric, lookback, category) as size
        from grouped group by metric, lookback, category, value
      )
      select profile_id, metric, lookback, category, value, tied, size,
        ceil(10 * (reached - (tied - 1) / 2) / size)::integer as bucket,
        100 * (size - reached + (tied - 1) / 2) / greatest(size - 1, 1) as percentile
      from grouped join ranks using (metric, lookback, category, value);
    `
    );
    await time("checkpoint", "checkpoint");
  } finally {
    database.close();
  }
  return seconds;
}
