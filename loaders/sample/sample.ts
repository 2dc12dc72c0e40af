import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {join} from "node:path";
import {offsetSteps} from "../../lib/calendar.js";
import {quoteInstant} from "../../lib/sql.js";
import {openDatabase, type Database} from "../engine/database.js";
import {silent, type Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";
import {sampleFolders, writeFiles, type SampleFile} from "./files.js";
import {campaignPlan, parameters} from "./parameters.js";
import {writePartnerFiles} from "./partner.js";
import {writeTruth, type Truth} from "./truth.js";

export interface SampleOptions {
  /** How many members; 20,000 give about a million events. */
  customers?: number;
  /** How many of the three campaigns are mailed, in the order of their dates. */
  campaigns?: number;
  seed?: number;
  /** The landing folder to write to; default: the workspace's. */
  out?: string;
  /** Threads of the engine; the files are the same for any number. */
  threads?: number;
  progress?: Progress;
}

export interface SampleReport {
  out: string;
  files: number;
  bytes: number;
  rows: number;
  truth: Truth;
}

/**
 * Writes the sample workspace's landing files: an airline's loyalty programme over three years, with dirty rows, and
 * the truth behind it under `truth/`. The same options give the same bytes, whatever the number of threads.
 */
export async function writeSample(
  workspace: Pick<Workspace, "landing" | "time_zone">,
  {customers = 20_000, campaigns = 3, seed = 1, out = workspace.landing, threads, progress = silent}: SampleOptions = {}
): Promise<SampleReport> {
  if (!Number.isInteger(customers) || customers < 1)
    throw new Error(`customers is no whole number above 0: ${customers}`);
  if (!Number.isInteger(campaigns) || campaigns < 0 || campaigns > campaignPlan.length) {
    throw new Error(`campaigns is no whole number from 0 to ${campaignPlan.length}: ${campaigns}`);
  }
  if (!Number.isSafeInteger(seed)) throw new Error(`seed is no whole number: ${seed}`);
  refuseForeignFolders(out);
  const database = await openDatabase(":memory:", threads ? {threads: String(threads)} : {});
  try {
    progress.step("sample");
    await draw(database, {customers, campaigns, seed, zone: workspace.time_zone});
    const files: SampleFile[] = [...(await writeFiles(database, out, progress)), ...writePartnerFiles(out)];
    const truth = await writeTruth(database, out, {customers, campaigns, seed});
    const bytes = files.reduce((sum, file) => sum + statSync(join(out, file.path)).size, 0);
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    return {out, files: files.length, bytes, rows, truth};
  } finally {
    database.close();
  }
}

export interface DrawOptions {
  customers: number;
  campaigns: number;
  seed: number;
  zone: string;
  /** The last part to be drawn: purchases (with members and assignments), mail, or all with the files' lines. */
  until?: "purchases" | "mail" | "lines";
}

/** Draws everything that happened, as tables of `database`: members, purchases, flights, mails and the files' lines. */
export async function draw(
  database: Database,
  {customers, campaigns, seed, zone, until = "lines"}: DrawOptions
): Promise<void> {
  const {start, stop, alpha, beta, v} = parameters;
  const variables = {
    customers,
    campaigns,
    seed,
    start: `timestamp '${start}'`,
    stop: `timestamp '${stop}'`,
    alpha: `${alpha}::double`,
    beta: `${beta}::double`,
    v: `${v}::double`
  };
  await database.run(
    Object.entries(variables)
      .map(([name, value]) => `set variable ${name} = ${value};`)
      .join("\n")
  );
  await database.run(`create macro local_offset(t) as ${offsetSql(zone)}`);
  await database.run(campaignTables());
  const parts = ["random", "members", "purchases", "flights", "mail", "lines"];
  for (const name of parts.slice(0, parts.indexOf(until) + 1)) {
    await database.run(readFileSync(join(import.meta.dirname, `${name}.sql`), "utf8"));
  }
}

/** The sample replaces whole folders: only where it wrote them itself. */
function refuseForeignFolders(out: string): void {
  if (existsSync(join(out, "truth", "truth.json"))) return;
  for (const folder of sampleFolders) {
    if (!existsSync(join(out, folder)) || readdirSync(join(out, folder)).length === 0) continue;
    throw new Error(`${join(out, folder)} holds files that are not the sample's: give another folder, or empty it`);
  }
}

function offsetSql(zone: string): string {
  const steps = offsetSteps(new Date(`${parameters.start}Z`), new Date(`${parameters.stop}Z`), zone);
  const cases = steps
    .slice(1)
    .reverse()
    .map(({from, offset}) => `when t >= ${quoteInstant(new Date(from))} then to_milliseconds(${offset})`);
  const first = `to_milliseconds(${steps[0]!.offset})`;
  return cases.length === 0 ? `case when t is not null then ${first} end` : `case ${cases.join(" ")} else ${first} end`;
}

function campaignTables(): string {
  const mailings = campaignPlan.map(
    ({id, sentAt, audiences}, i) => `('${id}', ${i + 1}, timestamp '${sentAt}', ['${audiences.join("', '")}'])`
  );
  const arms = campaignPlan.flatMap(({id, arms}) => {
    let from = 0;
    return Object.entries(arms).map(([name, {share, effect}]) => {
      const row = `('${id}', '${name}', ${from}::double, ${from + share}::double, ${effect}::double)`;
      from = Math.round((from + share) * 1e6) / 1e6;
      return row;
    });
  });
  return `
    create table mailings as from (values ${mailings.join(", ")}) as t(campaign, position, sent_at, audiences);
    create table arms as from (values ${arms.join(", ")}) as t(campaign, name, share_from, share_to, effect);
  `;
}
