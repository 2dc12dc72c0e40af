import type {Trial} from "./fitting.js";

/** What was written. */
export interface Publication {
  /** Hash of the contents. */
  hash: string;
  bytes: number;
  rows: number;
  /** Rows there would be without sampling. */
  of: number;
  /** Further tables of a database that may be samples of their own. */
  tables?: {name: string; rows: number; of: number}[];
  /** What told how large a sample fits. */
  trial?: Trial;
}

/** The file of the same name that was published before. */
export interface Earlier {
  /** Where it stands; undefined where there is none. */
  path?: string;
  /** What its share was taken from, unless rows are of another size by now. */
  trial?: Trial;
}

/** Why something is not published; each reason names column, file and what to do. */
export class Refusal extends Error {
  constructor(readonly reasons: string[]) {
    super(reasons.join("\n"));
    this.name = "Refusal";
  }
}

/** Throws a Refusal where there is a reason. */
export function refuse(reasons: string[]): void {
  if (reasons.length > 0) throw new Refusal(reasons);
}
