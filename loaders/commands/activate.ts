import type {ActivateReport} from "../activate/activate.js";
import {readWorkspace, type Workspace} from "../workspace.js";
import {exit, UsageError, workspaceOptions, type Call, type Command} from "./command.js";
import {asOfText, count, plural, textTable, toJson} from "./text.js";

export const activateCommand: Command = {
  name: "activate",
  summary: "send an audience to a destination: what changed since it was sent last",
  positionals: ["AUDIENCE", "DESTINATION"],
  options: {
    ...workspaceOptions,
    campaign: {type: "string", value: "ID", description: "the campaign that it belongs to, with its arms and holdout"},
    arm: {type: "string", value: "ARM", description: "only people of this arm of the campaign"},
    "dry-run": {type: "boolean", description: "say what would be sent, and to how many; send nothing"},
    retry: {type: "boolean", description: "send again what the destination refused, although it is the same"},
    check: {type: "boolean", description: "look whether the destination is there and lets us in; send nothing"},
    settle: {type: "string", value: "sent|unsent", description: "say what became of rows whose end is not known"},
    send: {type: "string", value: "ID", description: "with --settle: of this sending alone"}
  },
  details: [
    "Needs the members that the last refresh found. Secrets come from the environment, as the destination names them.",
    "Nobody held out is ever sent; a mail whose end is not known is never sent again until it is settled."
  ],
  async run(call) {
    const workspace = readWorkspace({data: call.text("data"), landing: call.text("landing")});
    const as = call.text("settle");
    if (as !== undefined && as !== "sent" && as !== "unsent") {
      throw new UsageError(`--settle ${as}: expected sent or unsent`, "activate");
    }
    if (call.text("send") !== undefined && as === undefined) {
      throw new UsageError("--send belongs to --settle", "activate");
    }
    if (call.flag("check")) return await check(call, workspace);
    if (as) return await settled(call, workspace, as);
    return await activated(call, workspace);
  }
};

async function activated(call: Call, workspace: Workspace): Promise<number> {
  const [audience, destination] = call.positionals as [string, string];
  const {sendAudience} = await import("../sending.js");
  const report = await sendAudience(workspace, {
    audience,
    destination,
    campaign: call.text("campaign"),
    arm: call.text("arm"),
    dryRun: call.flag("dry-run"),
    retry: call.flag("retry"),
    progress: call.progress,
    signal: call.signal
  });
  await call.print(call.json ? toJson(report) : describe(report, workspace));
  return report.status === "failed" || report.status === "partial" ? exit.failed : exit.done;
}

async function settled(call: Call, workspace: Workspace, as: "sent" | "unsent"): Promise<number> {
  const [audience, destination] = call.positionals as [string, string];
  const {settleRows} = await import("../sending.js");
  const rows = await settleRows(workspace, {audience, destination, as, sendId: call.text("send"), now: new Date()});
  await call.print(call.json ? toJson({settled: rows, as}) : `${plural(rows, "row")} settled as ${as}\n`);
  return exit.done;
}

async function check(call: Call, workspace: Workspace): Promise<number> {
  const {checkDestination} = await import("../sending.js");
  const said = await checkDestination(workspace, call.positionals[1]!);
  await call.print(call.json ? toJson({destination: call.positionals[1], health: said}) : `${said}\n`);
  return exit.done;
}

function describe(report: ActivateReport, {time_zone, currency}: Workspace): string {
  const {actions, exclusions, power, results = {}} = report;
  const isDry = report.status === "planned";
  const lines = [
    `${report.audience} to ${report.destination}${report.campaign ? `, campaign ${report.campaign}` : ""}: ${plural(report.members, "member")} as of ${asOfText(report.asOf, time_zone)}`,
    `${isDry ? "would be " : ""}added ${count(actions.add)}, updated ${count(actions.update)}, removed ${count(actions.remove)}; unchanged ${count(report.unchanged)}`
  ];
  if (exclusions.length > 0) {
    lines.push("", "not sent:", ...textTable(["reason", "members"], exclusions.map((one) => [one.reason.replaceAll("_", " "), count(one.profiles)]))); // prettier-ignore
  }
  if (report.arms.length > 1) {
    lines.push("", ...textTable(["arm", "people"], report.arms.map((one) => [`${one.arm}${one.isHoldout ? " (held out)" : ""}`, count(one.profiles)]))); // prettier-ignore
  }
  if (power) lines.push("", ...powerLines(power, currency));
  if (report.rows && report.rows.length > 0) {
    const names = Object.keys(report.rows[0]!.fields as object);
    const rows = report.rows.map(({action, fields}) => [action, ...names.map((name) => shown((fields as Record<string, unknown>)[name]))]); // prettier-ignore
    lines.push("", "the first rows, masked:", ...textTable(["action", ...names], rows));
  }
  if (report.files) lines.push("", ...report.files);
  const bad = Object.entries(results).filter(([status]) => status !== "acknowledged");
  if (bad.length > 0) lines.push("", ...bad.map(([status, rows]) => `${plural(rows, "row")} ${status}`));
  if (results.unknown) lines.push(`find out what became of them, then run with --settle sent or --settle unsent`);
  if (report.error) lines.push("", `ended early: ${report.error}`);
  lines.push("", {planned: "nothing was sent: a dry run", nothing: "nothing to send", done: "done", partial: "partly done", failed: "failed"}[report.status]); // prettier-ignore
  return `${lines.join("\n")}\n`;
}

function moneyLine(
  {mean, deviation, detectable}: NonNullable<NonNullable<ActivateReport["power"]>["money"]>,
  currency: string
): string {
  const money = (value: number) => `${value.toFixed(2)} ${currency}`;
  if (deviation === 0) {
    const same = mean === 0 ? "none of them spent anything" : `all of them spent the same, ${money(mean)},`;
    return `${same} in that time: what gain can be seen cannot be told`;
  }
  const sees = detectable === null ? "no difference" : `a difference of ${money(detectable)} or more`;
  return `they spent ${money(mean)} a head (standard deviation ${deviation.toFixed(2)}); ${sees} can be seen`;
}

function powerLines(power: NonNullable<ActivateReport["power"]>, currency: string): string[] {
  const {money} = power;
  const points = (share: number) => `${(share * 100).toFixed(2)} points`;
  const base = `${(power.base * 100).toFixed(1)}% of them converted in the last ${plural(power.windowDays, "day")}`;
  if (power.heldOut === 0) return [`${base}; nobody is held out: what the campaign brings cannot be told`];
  const sees = power.detectable === null ? "no lift" : `a lift of ${points(power.detectable)} or more`;
  const need =
    power.neededForOnePoint === null
      ? "even half of them would not be enough"
      : `you need ${count(power.neededForOnePoint)} held out`;
  return [
    `${base}; with ${count(power.heldOut)} held out, ${sees} can be seen (80% power, 5%)`,
    `to see a lift of 1 point ${need}`,
    ...(money ? [moneyLine(money, currency)] : [])
  ];
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return value instanceof Date
    ? value.toISOString()
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}
