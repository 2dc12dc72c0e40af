/** A file that cannot be taken in as a whole: its batch fails with this code. */
export class IngestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What had been read of it. */
    readonly read: {rows: number; rejected: number} = {rows: 0, rejected: 0}
  ) {
    super(message);
    this.name = "IngestError";
  }
}

/** What the engine says of a file that it cannot read, as the batch's fault. */
export function engineFault(error: unknown): IngestError {
  if (error instanceof IngestError) return error;
  const first = (error as Error).message.split("\n")[0]!;
  if (/malformed json/i.test(first)) return new IngestError("broken_json", `the array is not whole JSON: ${first}`);
  if (/parquet/i.test(first)) return new IngestError("broken_parquet", `the engine cannot read it: ${first}`);
  return new IngestError("unreadable", `the engine cannot read it: ${first}`);
}
