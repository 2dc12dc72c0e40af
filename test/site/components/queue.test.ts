import {describe, expect, it} from "vitest";
import {LatestQueue} from "../../../src/components/segments/queue.js";

describe("LatestQueue", () => {
  it("runs one job at a time and keeps only the newest of each name", async () => {
    const queue = new LatestQueue(["fast", "slow"]);
    const log: string[] = [];
    let running = 0;
    const job = (text: string) => async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      log.push(text);
      running--;
      return text;
    };
    const results = await Promise.all([
      queue.run("slow", job("first")),
      queue.run("slow", job("overtaken")),
      queue.run("slow", job("slow")),
      queue.run("fast", job("also overtaken")),
      queue.run("fast", job("fast"))
    ]);
    expect(log).toEqual(["first", "fast", "slow"]);
    expect(results).toEqual(["first", undefined, "slow", undefined, "fast"]);
  });

  it("goes on after a job that failed", async () => {
    const queue = new LatestQueue(["one"]);
    await expect(queue.run("one", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await queue.run("one", () => Promise.resolve(1))).toBe(1);
  });
});
