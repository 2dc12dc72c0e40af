import type {Database} from "../engine/database.js";

/**
 * Makes the temporary table `rates_daily`: for every currency and day from its first rate on, the latest rate on or
 * before that day. A rate is the worth of one unit in the workspace's currency.
 */
export async function createDailyRates(database: Database, lastDay: Date): Promise<void> {
  const present = await database.value<number>(
    `select count(*) from duckdb_tables()
     where schema_name = 'core' and table_name = 'rates'`
  );
  await database.run("drop table if exists rates_daily");
  if (present === 0) {
    await database.run("create temp table rates_daily (currency varchar, date date, rate double)");
    return;
  }
  await database.run(
    `create temp table rates_daily as
     with spans as (
       select upper(trim(currency)) as currency, date::date as date, rate,
         lead(date::date, 1, $last::date + 1) over (partition by upper(trim(currency)) order by date) as until
       from core.rates where currency is not null and date is not null and rate is not null
     )
     select currency, unnest(generate_series(date, until - 1, interval 1 day))::date as date, rate
     from spans where until > date`,
    {last: lastDay.toISOString().slice(0, 10)}
  );
}

/** A mark that changes with the rates: amounts converted with other rates are taken in again. */
export async function ratesVersion(database: Database): Promise<string> {
  const present = await database.value<number>(
    "select count(*) from duckdb_tables() where schema_name = 'core' and table_name = 'rates'"
  );
  if (!present) return "";
  const mark = await database.value<string>("select bit_xor(md5_number(r::varchar))::varchar from core.rates r");
  return mark ?? "";
}
