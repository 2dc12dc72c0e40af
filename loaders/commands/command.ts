import type {Progress} from "../engine/progress.js";

export interface CommandOption {
  type: "string" | "boolean";
  /** What the value is called in the help: `DIR`. */
  value?: string;
  description: string;
}

/** A subcommand of `tenfold`. */
export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** Its positional arguments, as the help shows them: `DIR`, `"SQL"`. */
  positionals: string[];
  options: Record<string, CommandOption>;
  /** Lines shown under the options. */
  details?: string[];
  /** Resolves to the exit code; undefined is 0. */
  run(call: Call): Promise<number | void>;
}

/** One invocation of a command. */
export interface Call {
  positionals: string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
  /** Print one JSON document on stdout, nothing else. */
  json: boolean;
  progress: Progress;
  /** Writes to stdout; resolves when it may be written to again. */
  print(text: string): Promise<void>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** The command was called wrongly; exit code 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly command?: string
  ) {
    super(message);
    this.name = "UsageError";
  }
}

/** Exit codes. */
export const exit = {done: 0, failed: 1, usage: 2, checks: 3, interrupted: 130} as const;

export const workspaceOptions: Record<string, CommandOption> = {
  data: {type: "string", value: "DIR", description: "the workspace (default: TENFOLD_DATA, else data/)"},
  landing: {
    type: "string",
    value: "DIR",
    description: "where its files land (default: TENFOLD_LANDING, else DIR/landing)"
  }
};

/** A whole number given as an option. Throws UsageError. */
export function wholeNumber(call: Call, option: string, least = 0): number | undefined {
  const text = call.text(option);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`--${option} ${text}: expected a whole number from ${least}`);
  }
  return number;
}
