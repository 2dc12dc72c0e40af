/** A file that cannot be taken in as a whole: its batch fails with this code. */
export class IngestError extends Error {
  constructor(
    readonly code: string,
    message: string
  ) {
    super(message);
    this.name = "IngestError";
  }
}
