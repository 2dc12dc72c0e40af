import {vi} from "vitest";
import {main} from "../../../loaders/cli.js";
import type {Outcome} from "./tenfold.js";

/** Runs the command in this process: what it prints, and how it ends. For tests of what it says, of which there are many. */
export async function tenfoldHere(...args: string[]): Promise<Pick<Outcome, "code" | "stdout" | "stderr">> {
  let [stdout, stderr] = ["", ""];
  const listeners = process.stdout.listeners("error");
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((stdout += String(text)))),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((stderr += String(text)))),
    vi.spyOn(console, "error").mockImplementation((text) => void (stderr += `${text}\n`))
  ];
  const before = process.exitCode;
  try {
    await main(args);
    return {code: Number(process.exitCode), stdout, stderr};
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
    for (const listener of process.stdout.listeners("error")) {
      if (!listeners.includes(listener)) process.stdout.off("error", listener as () => void);
    }
  }
}
