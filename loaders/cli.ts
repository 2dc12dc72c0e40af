import {getEventListeners} from "node:events";
import {parseArgs} from "node:util";
import {DefinitionError} from "../lib/definitions/check.js";
import {suggest} from "../lib/definitions/nearest.js";
import {exit, UsageError, type Call, type Command} from "./commands/command.js";
import {audienceCommand} from "./commands/audience.js";
import {activateCommand} from "./commands/activate.js";
import {buildCommand} from "./commands/build.js";
import {initCommand} from "./commands/init.js";
import {previewCommand} from "./commands/preview.js";
import {queryCommand} from "./commands/query.js";
import {refreshCommand} from "./commands/refresh.js";
import {sampleCommand} from "./commands/sample.js";
import {scheduleCommand} from "./commands/schedule.js";
import {statusCommand} from "./commands/status.js";
import {valueCommand} from "./commands/value.js";
import {terminalProgress} from "./commands/progress.js";
import {toJson} from "./commands/text.js";
import {releaseLocks} from "./engine/lock.js";
import {silent} from "./engine/progress.js";

const commands: Command[] = [
  initCommand,
  sampleCommand,
  refreshCommand,
  buildCommand,
  previewCommand,
  statusCommand,
  queryCommand,
  audienceCommand,
  activateCommand,
  scheduleCommand,
  valueCommand
];

const common = {
  json: {type: "boolean", description: "print one JSON document and nothing else"},
  help: {type: "boolean", description: "show this help"}
} as const;

/** Runs `tenfold` with its arguments and sets the exit code. */
export async function main(args: string[]): Promise<void> {
  const json = args.includes("--json");
  const progress = json ? {...silent, end() {}} : terminalProgress();
  const interrupt = interrupts(progress.end);
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? exit.done : exit.failed)
  );
  try {
    const code = await dispatch(args, {json, progress, signal: interrupt.signal});
    process.exitCode = interrupt.signal.aborted ? exit.interrupted : (code ?? exit.done);
  } catch (error) {
    progress.end();
    process.exitCode = interrupt.signal.aborted ? exit.interrupted : report(error as Error, json);
  } finally {
    progress.end();
    interrupt.end();
  }
}

async function dispatch(args: string[], context: Pick<Call, "json" | "progress" | "signal">): Promise<number | void> {
  const name = args.find((arg) => !arg.startsWith("-"));
  const rest = args.filter((_, i) => i !== args.indexOf(name!));
  if (name === undefined || name === "help") {
    const topic = name === "help" ? commands.find((c) => c.name === rest[0]) : undefined;
    if (args.includes("--version")) await print(`${await version()}\n`);
    else await print(topic ? commandHelp(topic) : help());
    const isAsked = args.length === 0 || args.some((arg) => arg === "--help" || arg === "--version" || arg === "help");
    if (!isAsked) throw new UsageError(`unknown flag ${args[0]}`);
    return args.length === 0 ? exit.usage : exit.done;
  }
  const command = commands.find((c) => c.name === name);
  if (!command) {
    const hint = suggest(name, commands.map((c) => c.name)); // prettier-ignore
    throw new UsageError(`unknown command "${name}"${hint}`);
  }
  if (rest.includes("--help")) return await print(commandHelp(command));
  const {values, positionals} = parse(command, rest);
  return await command.run({
    positionals,
    text: (option) => values[option] as string | undefined,
    flag: (option) => values[option] === true,
    print,
    ...context
  });
}

function parse(command: Command, args: string[]) {
  const options = {...command.options, ...common};
  for (const arg of args) {
    if (arg === "--") break;
    const flag = /^--([^=]+)/.exec(arg)?.[1];
    if (flag !== undefined && !(flag in options)) {
      const hint = suggest(`--${flag}`, Object.keys(options).map((option) => `--${option}`)); // prettier-ignore
      throw new UsageError(`unknown flag --${flag} of ${command.name}${hint}`, command.name);
    }
  }
  let parsed;
  try {
    parsed = parseArgs({args, options, allowPositionals: true});
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]!, command.name);
  }
  const {positionals} = parsed;
  const required = command.positionals.filter((name) => !name.startsWith("["));
  if (positionals.length < required.length) {
    throw new UsageError(`missing ${required[positionals.length]}`, command.name);
  }
  if (positionals.length > command.positionals.length) {
    throw new UsageError(`unexpected argument "${positionals[command.positionals.length]}"`, command.name);
  }
  return parsed as {values: Record<string, string | boolean | undefined>; positionals: string[]};
}

function report(error: Error, json: boolean): number {
  const isUsage = error instanceof UsageError;
  const isDefinition = error instanceof DefinitionError;
  if (json) {
    const mistakes = isDefinition ? error.mistakes : undefined;
    process.stdout.write(toJson({error: error.message, ...(mistakes && {mistakes})}));
  } else {
    console.error(isDefinition ? error.message : `tenfold: ${error?.message ?? String(error)}`);
    if (isUsage) console.error(`run \`npx tenfold ${error.command ?? ""} --help\``.replace("  ", " "));
    if (process.env.TENFOLD_DEBUG) console.error(error.stack);
  }
  return isUsage || isDefinition ? exit.usage : exit.failed;
}

function help(): string {
  const width = Math.max(...commands.map((c) => usage(c).length));
  return [
    "tenfold: a notebook workspace for customer lifetime value",
    "",
    "usage: npx tenfold <command> [--data DIR] [--json]",
    "",
    ...commands.map((c) => `  ${usage(c).padEnd(width)}  ${c.summary}`),
    "",
    "`npx tenfold <command> --help` shows a command's options.",
    "Exit codes: 0 done; 1 failed; 2 wrong usage or definition; 3 the data failed its checks.",
    ""
  ].join("\n");
}

function commandHelp(command: Command): string {
  const options = Object.entries({...command.options, ...common} as Command["options"]).map(
    ([name, {value, description}]) => [`--${name}${value === undefined ? "" : ` ${value}`}`, description] as const
  );
  const width = Math.max(...options.map(([flag]) => flag.length));
  return [
    `usage: npx tenfold ${usage(command)} [options]`,
    "",
    `${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    ...options.map(([flag, description]) => `  ${flag.padEnd(width)}  ${description}`),
    ...(command.details ? ["", ...command.details] : []),
    ""
  ].join("\n");
}

function usage(command: Command): string {
  return [command.name, ...command.positionals].join(" ");
}

async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

async function version(): Promise<string> {
  const {default: manifest} = await import("../package.json", {with: {type: "json"}});
  return manifest.version;
}

// Everything is done in transactions and swaps, so the process may end at any point: a command that listens to the
// signal ends by itself, any other dies of the signal at once, its locks released.
function interrupts(clear: () => void) {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    clear();
    const isHandled = !controller.signal.aborted && listens(controller.signal);
    controller.abort();
    if (isHandled) return;
    releaseLocks();
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {signal: controller.signal, end: () => process.off("SIGINT", stop).off("SIGTERM", stop)};
}

function listens(signal: AbortSignal): boolean {
  return getEventListeners(signal, "abort").length > 0;
}
