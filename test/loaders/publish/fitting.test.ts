import {mkdtempSync, rmSync, truncateSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {writeFitting, type Trial} from "../../../loaders/publish/fitting.js";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "tenfold-fitting-"))));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const maxBytes = 64e6;

describe("writeFitting(path, {rows, maxBytes, tried}, write)", () => {
  test("writes few rows at once, and as large a share of them as fits where they do not", async () => {
    expect(await fit({rows: 2e6})).toMatchObject({written: [1], share: 1, trial: undefined});
    expect(await fit({rows: 2.9e6, each: 30})).toMatchObject({written: [1, 2 ** -0.75], share: 2 ** -0.75});
  });

  test("tries a twentieth of many rows first, and tells what it took", async () => {
    const {written, trial} = await fit({rows: 10e6, each: 20});
    expect(written).toEqual([0.05, 0.25]);
    expect(trial).toEqual({share: 0.05, bytes: 11e6, rows: 10e6});
  });

  test("asks an earlier trial of about as many rows, which stays what is asked", async () => {
    const {trial} = await fit({rows: 10e6, each: 20});
    const later = await fit({rows: 10.1e6, each: 20, tried: trial});
    expect(later.written).toEqual([0.25]);
    expect(later.trial).toEqual(trial);
    const grown = await fit({rows: 11.1e6, each: 20, tried: trial});
    expect(grown.written[0]).toBe(0.05);
    expect(grown.trial!.rows).toBe(11.1e6);
  });

  test("heeds the limit where an earlier trial says too much", async () => {
    const tried = {share: 0.05, bytes: 5e6, rows: 10e6};
    const {written, bytes} = await fit({rows: 10e6, each: 20, tried});
    expect(written[0]).toBeGreaterThan(0.5);
    expect(written).not.toContain(0.05);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
  });

  test("gives the share that a trial of the rows themselves would give: mostly, and never further off than a step", async () => {
    let [same, all] = [0, 0];
    for (const fixed of [0, 1e6, 10e6])
      for (const rows of Array.from({length: 24}, (_, i) => Math.round(4e6 * 1.13 ** i)))
        for (const growth of [0.905, 0.99, 1.01, 1.095]) {
          const {trial: tried} = await fit({rows: rows / growth, fixed});
          const {share} = await fit({rows, fixed, tried});
          const {share: fresh} = await fit({rows, fixed});
          expect(Math.abs(4 * Math.log2(share / fresh))).toBeLessThan(1.001);
          ++all;
          if (share === fresh) ++same;
        }
    expect(same / all).toBeGreaterThan(0.9);
  });
});

/** Writes a file that takes so many bytes for tables of counts, and so many for each person's row. */
async function fit({
  rows,
  fixed = 1e6,
  each = 10,
  tried
}: {
  rows: number;
  fixed?: number;
  each?: number;
  tried?: Trial;
}) {
  const path = join(folder, "written");
  const written: number[] = [];
  const fitted = await writeFitting(path, {rows, maxBytes, tried}, async (share) => {
    written.push(share);
    writeFileSync(path, "");
    truncateSync(path, Math.round(fixed + share * rows * each));
  });
  return {...fitted, written};
}
