import type {RoundReport} from "../schedule/round.js";
import {readWorkspace, type Workspace} from "../workspace.js";
import {exit, UsageError, wholeNumber, workspaceOptions, type Call, type Command} from "./command.js";
import {count, localTime, plural, textTable, toJson} from "./text.js";

export const scheduleCommand: Command = {
  name: "schedule",
  summary: "every minute: refresh, send what is due, and keep the site up to date",
  positionals: [],
  options: {
    ...workspaceOptions,
    out: {type: "string", value: "DIR", description: "the site, built anew when its numbers change (default: none)"},
    every: {type: "string", value: "SECONDS", description: "how often (default 60)"},
    once: {type: "boolean", description: "one round, for a timer that somebody else keeps, such as cron"},
    list: {type: "boolean", description: "say what is to come, and when; do nothing"}
  },
  details: ["Goes on until Ctrl-C. A round that fails is said and stops no later one; rounds never overlap."],
  async run(call) {
    const every = wholeNumber(call, "every", 1) ?? 60;
    if (call.text("out") === "") throw new UsageError("--out: expected a folder", "schedule");
    if (call.flag("list")) return await list(call);
    const {round} = await import("../schedule/round.js");
    const once = async () => {
      const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
      return {workspace, report: await round(workspace, {out: call.text("out"), progress: call.progress})};
    };
    if (call.flag("once")) {
      const {workspace, report} = await once();
      await call.print(call.json ? toJson(report ?? null) : report ? `${sentence(report, workspace)}\n` : "");
      return report?.refresh.ok === false ? exit.checks : exit.done;
    }
    const {rounds} = await import("../schedule/rounds.js");
    let said = "";
    const tell = async (text: string) => {
      if (text !== said) await call.print(call.json ? text : `${new Date().toISOString().slice(0, 19)}Z ${text}\n`);
      said = text;
    };
    await rounds(
      async () => {
        try {
          const {workspace, report} = await once();
          if (report) await tell(call.json ? toJson(report, 0) : sentence(report, workspace));
        } catch (error) {
          const {message} = error as Error;
          await tell(call.json ? toJson({error: message}, 0) : `failed: ${message}`);
        }
      },
      {every: every * 1000, signal: call.signal}
    );
  }
};

async function list(call: Call): Promise<void> {
  const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
  const {comingRuns} = await import("../schedule/coming.js");
  const runs = comingRuns(workspace, new Date());
  if (call.json) return await call.print(toJson(runs));
  const zone = workspace.time_zone;
  const table = textTable(["next", "what", "of"], runs.map(({at, kind, name}) => [localTime(at, zone), kind, name])); // prettier-ignore
  await call.print(`${runs.length > 0 ? table.join("\n") : "nothing has a schedule"}\n`);
}

/** What a round did, in one line. */
function sentence({refresh, site}: RoundReport, {time_zone}: Pick<Workspace, "time_zone">): string {
  const of = (outcome: string) => refresh.ingest.batches.filter((batch) => batch.outcome === outcome).length;
  const [taken, failed] = [of("new"), of("failed")];
  const built = refresh.nodes.filter(({status}) => status === "built").length;
  const wrong = refresh.nodes.filter(({status}) => status === "failed");
  const parts = [
    ...(taken > 0 ? [`${plural(taken, "file")} taken in`] : []),
    ...(failed > 0 ? [`${plural(failed, "file")} refused`] : []),
    ...(built > 0 ? [`${plural(built, "table")} built`] : []),
    ...wrong.map(({name, error}) => `${name} failed: ${error ?? "see its tests"}`),
    ...(refresh.deliveries ?? []).map(({audience, destination, scheduledFor, status, error, ...told}) => {
      const what =
        error ?? `added ${count(told.added)}, updated ${count(told.updated)}, removed ${count(told.removed)}`;
      return `${audience} to ${destination}, due ${localTime(scheduledFor, time_zone)}: ${status}, ${what}`;
    }),
    ...(site ? [`site of ${plural(site.pages, "page")} built`] : [])
  ];
  return parts.length > 0 ? parts.join("; ") : "nothing to do";
}
