import type {Database, Parameter} from "../../engine/database.js";
import type {Refusal} from "../destination.js";

/** What became of a batch: what is about to be tried, then what came of it; `waiting` where it was not tried after all. */
export type RequestState = "unanswered" | "acknowledged" | "refused" | "unsent" | "unknown" | "waiting";

export interface Answered {
  state: Exclude<RequestState, "unanswered">;
  code?: string;
  message?: string;
  /** By their place in the batch. */
  refusals?: Refusal[];
}

/** Writes down requests and their answers; each call resolves when it is on disk. */
export interface Journal {
  intend(batch: number): Promise<void>;
  answer(batch: number, firstPlace: number, answer: Answered): Promise<void>;
}

type Entry = {request: Parameter[]; refusals: Parameter[][]; done: (error?: Error) => void};

/**
 * A delivery's journal. What several workers write at one time goes to disk together. Of a batch the greatest step
 * counts: one that is tried again later goes on from `step`.
 */
export function openJournal(records: Database, delivery: string, now: () => Date, step = 0): Journal {
  let waiting: Entry[] = [];
  let writing: Promise<void> | undefined;
  const flush = async () => {
    while (waiting.length > 0) {
      const entries = waiting;
      waiting = [];
      try {
        await records.transaction(async () => {
          await insert(records, "delivery_requests", entries.map(({request}) => request)); // prettier-ignore
          await insert(records, "delivery_refusals", entries.flatMap(({refusals}) => refusals)); // prettier-ignore
        });
        entries.forEach(({done}) => done());
      } catch (error) {
        entries.forEach(({done}) => done(error as Error));
      }
    }
    writing = undefined;
  };
  const write = (request: Parameter[], refusals: Parameter[][] = []) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({request, refusals, done: (error) => (error ? reject(error) : resolve())});
      writing ??= Promise.resolve().then(flush);
    });
  return {
    intend: (batch) => write([delivery, batch, step, "unanswered", now(), null, null]),
    answer: (batch, firstPlace, {state, code, message, refusals = []}) =>
      write(
        [delivery, batch, step + 1, state, now(), code ?? null, message ?? null],
        refusals.map((one) => [delivery, firstPlace + one.row, one.code, one.message])
      )
  };
}

async function insert(records: Database, table: string, rows: Parameter[][]): Promise<void> {
  const most = 5_000;
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    const values: Parameter[] = [];
    const tuples = some.map((row) => `(${row.map((value) => `$${values.push(value)}`).join(", ")})`);
    await records.run(`insert into records.${table} values ${tuples.join(", ")}`, values);
  }
}
