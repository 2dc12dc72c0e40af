import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import type {Database} from "../../../loaders/engine/database.js";
import type {Progress} from "../../../loaders/engine/progress.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import {ingest} from "../../../loaders/ingest/ingest.js";
import type {IngestOptions, IngestReport} from "../../../loaders/ingest/report.js";
import {readWorkspace, type Workspace} from "../../../loaders/workspace.js";

/** A workspace in a temporary folder, with files to land and a warehouse to look into. */
export interface Landing {
  root: string;
  database: Database;
  warnings: string[];
  /** Writes a source's definition. */
  define(source: string, yaml: string): void;
  /** Writes a landed file. */
  land(file: string, content: string | Buffer): string;
  remove(file: string): void;
  ingest(options?: Partial<IngestOptions>): Promise<IngestReport>;
  /** The codes of the refused rows, as `line column code`. */
  rejects(): Promise<string[]>;
  /** What the ledger says of each batch. */
  ledger(): Promise<Record<string, unknown>[]>;
  /** The values of all events, the smallest first. */
  amounts(): Promise<number[]>;
  /** The events, as JSON texts in an order of their own, without what depends on the order of arrival. */
  events(): Promise<string[]>;
  close(): void;
}

/** A purchase file's source: id by column, one event a row. */
export const orders = `
id: {rule: column, column: order_id}
columns:
  order_id: {required: true}
  customer: {required: true}
  at: {type: timestamp, required: true}
  amount: {type: decimal, required: true, min: 0, max: 1000}
  channel: {values: [web, shop]}
identities: [{namespace: customer, from: customer, primary: true}]
time: at
events: [{type: commerce.purchase, value: amount, properties: {channel: channel}}]
rejects: {max_percent: 100}
`;

export const header = "order_id,customer,at,amount,channel";

/** A row of such a file. */
export function order(id: number, amount = 1, customer = "ada"): string {
  return `${id},${customer},2024-01-0${1 + (id % 9)} 10:00:00,${amount},web`;
}

/** Such a file of these rows. */
export function orderFile(...rows: string[]): string {
  return [header, ...rows, ""].join("\n");
}

export async function openLanding(
  options: {workspace?: string; sources?: Record<string, string>} = {}
): Promise<Landing> {
  const root = mkdtempSync(join(tmpdir(), "tenfold-ingest-"));
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), content);
    return join(root, path);
  };
  write(
    "workspace.yaml",
    `name: Test\nmetrics: {spend: {events: [commerce.purchase], expression: sum(value), unit: money}}\n${options.workspace ?? ""}`
  );
  for (const [source, yaml] of Object.entries(options.sources ?? {orders})) write(`sources/${source}.yaml`, yaml);
  const workspace = (): Workspace => readWorkspace({data: root, landing: join(root, "landing")});
  const database = await openWarehouse(workspace());
  const warnings: string[] = [];
  const progress: Progress = {step() {}, note() {}, warn: (message) => void warnings.push(message)};
  return {
    root,
    database,
    warnings,
    define: (source, yaml) => void write(`sources/${source}.yaml`, yaml),
    land: (file, content) => write(`landing/${file}`, content),
    remove: (file) => rmSync(join(root, "landing", file)),
    ingest: (given) => ingest(database, workspace(), {progress, key: "secret", ...given}),
    async rejects() {
      const rows = await database.rows<{text: string}>(
        `select concat_ws(' ', line, column_name, code) as text from landing.rejects order by batch_id, line, column_name, code`
      );
      return rows.map((row) => row.text);
    },
    ledger: () =>
      database.rows(
        "select file, status, rows, loaded, rejected, duplicates, events from landing.batches order by batch_id"
      ),
    async amounts() {
      const rows = await database.rows<{value: number}>("select value from core.events order by value");
      return rows.map((row) => row.value);
    },
    async events() {
      const rows = await database.rows<{text: string}>(
        `select to_json(e)::varchar as text from (
           select event_id::varchar as event_id, * exclude (event_id, batch_id, received_at, profile_number) from core.events
         ) e order by text`
      );
      return rows.map((row) => row.text);
    },
    close() {
      database.close();
      rmSync(root, {recursive: true, force: true});
    }
  };
}

/** The rows of a ledger add up. */
export async function expectSums(database: Database): Promise<void> {
  const broken = await database.rows("from landing.batches where rows <> loaded + rejected + duplicates + skipped");
  if (broken.length > 0) throw new Error(`rows do not add up: ${JSON.stringify(broken)}`);
}

/** Whoever has events has one number, of those from 0 on without a gap, and every event has its profile's. */
export async function expectNumbers(database: Database): Promise<void> {
  const numbers = await database.rows<{number: number}>("select number from landing.profile_numbers order by number");
  const gaps = numbers.filter(({number}, i) => number !== i);
  const wrong = await database.rows(`
    select * from (select profile_id, profile_number from core.events union all select profile_id, profile_number from landing.duplicates)
    left join landing.profile_numbers as n using (profile_id) where profile_number is distinct from number`);
  if (gaps.length + wrong.length > 0) throw new Error(`numbers are wrong: ${JSON.stringify([gaps, wrong], bigints)}`);
}

const bigints = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
