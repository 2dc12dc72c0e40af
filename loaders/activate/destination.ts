import type {DestinationKind} from "../../lib/definitions/destination.js";

export type Action = "add" | "update" | "remove";

/** What leaves about one person. */
export interface Row {
  action: Action;
  /** By the destination's names, in the definition's order. */
  fields: Record<string, unknown>;
  /** Names this sending to this person; joins responses back. */
  sendId: string;
}

/** What goes in one unit: its rows are answered together. */
export interface Batch {
  /** The same for the same rows of the same delivery, however often it is tried. */
  key: string;
  audience: string;
  campaign?: string;
  rows: Row[];
}

/** A row that the destination would not take. */
export interface Refusal {
  /** Its place in the batch. */
  row: number;
  code: string;
  message: string;
}

interface Opened {
  readonly kind: DestinationKind;
  /** Whether what was not answered may be sent again without harm. */
  readonly idempotent: boolean;
  /** Looks whether it is there and lets us in, changing nothing. Returns what it says of itself. Throws DeliveryError. */
  health(): Promise<string>;
  close(): Promise<void>;
}

/** A destination that takes people, in batches. */
export interface RowDestination extends Opened {
  readonly takes: "rows";
  readonly batchSize: number;
  /** Batches that may be under way at once. */
  readonly concurrency: number;
  /** What can be said to it; a mail cannot be unsent. */
  readonly actions: readonly Action[];
  /** Sends a batch; rows not among the refusals are acknowledged. Throws DeliveryError where it fails as a whole. */
  deliver(batch: Batch): Promise<Refusal[]>;
}

/** A file made ready, by its name at the destination. */
export interface PreparedFile {
  path: string;
  name: string;
  bytes: number;
  sha256: string;
}

/** A destination that takes files. */
export interface FileDestination extends Opened {
  readonly takes: "files";
  /** Whether there is something of that name. */
  has(name: string): Promise<boolean>;
  /**
   * Puts a file there, whole or not at all, over nothing: fine where it is there already with the same bytes. Throws
   * DeliveryError.
   */
  put(file: PreparedFile): Promise<void>;
}

export type Destination = RowDestination | FileDestination;

/**
 * A request that came to nothing, or whose end is not known.
 * `refused`: the answer was no. `unsent`: it was certainly not carried out, and may be tried another time. `unknown`: it
 * may or may not have been.
 */
export type Failure = "refused" | "unsent" | "unknown";

export class DeliveryError extends Error {
  constructor(
    message: string,
    readonly failure: Failure,
    /** HTTP status, SMTP reply or the system's error code. */
    readonly code = "",
    /** Whether no further request is worth trying: credentials, permissions, a list that is not there. */
    readonly isFinal = false
  ) {
    super(message);
    this.name = "DeliveryError";
  }
}
