import {existsSync, mkdirSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {quoteText} from "../../lib/sql.js";
import {openDatabase, type Database} from "../../loaders/engine/database.js";
import {draw} from "../../loaders/sample/sample.js";

export interface Dataset {
  /** Landing folder with `events/*.csv` and `members/members.csv`. */
  landing: string;
  /** One more file, 1% of the events, not landed yet. */
  increment: string;
  bytes: number;
}

/**
 * The sample's events as one kind of CSV file, `events` rows of them, with its dirt and repetitions; kept between runs.
 */
export async function dataset(events: number): Promise<Dataset> {
  const folder = join(process.env.BENCH_DIR ?? join(tmpdir(), "tenfold-bench"), `events-${events}`);
  const landing = join(folder, "landing");
  const increment = join(folder, "events-late.csv");
  if (!existsSync(join(folder, "complete"))) {
    rmSync(folder, {recursive: true, force: true});
    for (const name of ["events", "members"]) mkdirSync(join(landing, name), {recursive: true});
    const database = await openDatabase(join(folder, "draw.duckdb"));
    try {
      // 44 events each on average: of few customers rather less, as chance has it.
      const customers = Math.ceil(events / 44) + 200;
      await draw(database, {customers, campaigns: 0, seed: 1, zone: "UTC", until: "mail"});
      await write(database, landing, increment, events);
    } finally {
      database.close();
    }
    rmSync(join(folder, "draw.duckdb"), {force: true});
    writeFileSync(join(folder, "complete"), "");
  }
  const sizes = ["1", "2", "3", "4"].map((part) => statSync(join(landing, "events", `events-${part}.csv`)).size);
  return {landing, increment, bytes: sizes.reduce((sum, size) => sum + size, 0)};
}

async function write(database: Database, landing: string, increment: string, events: number): Promise<void> {
  await database.run(`
    create table every as
    select *, row_number() over (order by happened_at, event_id) as place from (
      select 'p' || purchase as event_id, 'purchase' as type, purchased_at as happened_at, member_id as member,
        (amount * rate)::decimal(18, 2) as amount, legs as quantity, channel from purchases
      union all
      select 'r' || purchase, 'refund', refunded_at, member_id, (amount * rate)::decimal(18, 2), null, null from refunds
      union all
      select 'm' || posting, 'accrual', flown_on, member_id, null, miles, null from postings
      union all
      select 'd' || purchase, 'redemption', redeemed_at, member_id, null, miles, null from redemptions
      union all
      select 'v' || visit, 'view', viewed_at, member_id, null, null, null from visits
    );
    create table dirty as
    select
      event_id,
      case when chance between 0.001 and 0.002 then 'prchase' else type end as type,
      case when chance between 0.002 and 0.003 then '2025-02-30 08:00:00' else strftime(happened_at, '%Y-%m-%d %H:%M:%S') end as happened_at,
      case when chance between 0.003 and 0.004 then null else member end as member,
      case when chance < 0.001 then 'n/a' else amount::varchar end as amount,
      case when chance between 0.004 and 0.005 then 'many' else quantity::varchar end as quantity,
      channel, place
    from (select *, uniform('bench dirt', place) as chance from every);
  `);
  const size = Math.ceil(events / 4);
  const columns = "event_id, type, happened_at, member, amount, quantity, channel";
  for (let part = 0; part < 4; ++part) {
    // Three in a thousand come twice.
    await database.run(
      `copy (
         select ${columns} from dirty cross join range(2) as t(copy)
         where place > ${part * size} and place <= ${(part + 1) * size}
           and (copy = 0 or uniform('bench again', place) < 0.003)
       ) to ${quoteText(join(landing, "events", `events-${part + 1}.csv`))}`
    );
  }
  await database.run(
    `copy (
       select 'late' || place as event_id, type, happened_at, member, amount, quantity, channel from dirty
       where place <= ${events} and uniform('bench late', place) < 0.01
     ) to ${quoteText(increment)}`
  );
  await database.run(
    `copy (
       select member_id as member, tier, country, strftime(since, '%Y-%m-%d %H:%M:%S') as changed_at
       from tiers join members using (member) order by since, member
     ) to ${quoteText(join(landing, "members", "members.csv"))}`
  );
  const drawn = await database.value<number>("select count(*) from every");
  if (drawn! < events) throw new Error(`only ${drawn} of ${events} events drawn: raise the customers per event`);
}
