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
