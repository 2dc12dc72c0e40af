import {statSync} from "node:fs";
import {fittingShare} from "./sample.js";

/** What a share of a file's rows took when it was tried. */
export interface Trial {
  share: number;
  bytes: number;
  /** How many rows there were in all. */
  rows: number;
}

/** A file that was written: how much of its rows it holds, and the trial that this was taken from. */
export interface Fitted {
  share: number;
  bytes: number;
  trial?: Trial;
}

/**
 * Writes a file of at most so many bytes: all of its rows, or a share of its persons. Of many rows a twentieth is tried
 * first, which tells how much will fit: writing them all only to see that they do not takes longer. Where `tried` is of
 * about as many rows, it tells in proportion: the share is the one that another trial would give, or the next.
 */
export async function writeFitting(
  path: string,
  {rows, maxBytes, tried}: {rows: number; maxBytes: number; tried?: Trial},
  write: (share: number, round: number) => Promise<void>
): Promise<Fitted> {
  const sized = async (share: number, round: number) => {
    await write(share, round);
    return statSync(path).size;
  };
  const trial =
    rows <= manyRows
      ? undefined
      : tried && isNear(tried.rows, rows)
        ? tried
        : {share: 0.05, bytes: await sized(0.05, 0), rows};
  let share = trial ? fittingShare(trial.share, (trial.bytes * rows) / trial.rows, maxBytes) : 1;
  for (let round = 0; ; ++round) {
    const bytes = await sized(share, round);
    if (bytes <= maxBytes || round > 6) return {share, bytes, trial};
    share = fittingShare(share, bytes, maxBytes);
  }
}

/** Whether a trial of one number of rows tells what another takes: tables of counts do not grow in proportion. */
function isNear(tried: number, rows: number): boolean {
  return Math.abs(rows - tried) <= 0.1 * tried;
}

const manyRows = 3_000_000;
