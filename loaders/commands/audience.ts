import {suggest} from "../../lib/definitions/nearest.js";
import {changeAudience} from "./audience/change.js";
import {evaluateAudiences} from "./audience/evaluate.js";
import {explainMember} from "./audience/explain.js";
import {listAudiences} from "./audience/list.js";
import {listMembers} from "./audience/members.js";
import {previewFile} from "./audience/preview.js";
import {UsageError, workspaceOptions, type Call, type Command} from "./command.js";

interface Action {
  /** What stands after it, as the help shows it. */
  takes: string[];
  does: string;
  run(call: Call, ...given: string[]): Promise<number | void>;
}

const actions: Record<string, Action> = {
  list: {takes: [], does: "saved audiences: state, size, change, last run, what uses them", run: listAudiences},
  preview: {takes: ["FILE"], does: "count a definition exactly, saved or not; - reads it from stdin", run: previewFile},
  members: {takes: ["AUDIENCE"], does: "who is in, or was at the end of a day (--at)", run: listMembers},
  explain: {
    takes: ["AUDIENCE", "PROFILE"],
    does: "why somebody is in or not, and their stays; by id or by an identity's value",
    run: explainMember
  },
  evaluate: {
    takes: ["[AUDIENCE]"],
    does: "refresh, and evaluate it whatever its schedule; without a name all of them",
    run: evaluateAudiences
  },
  publish: {takes: ["AUDIENCE"], does: "draft or inactive → published", run: changeAudience("published")},
  deactivate: {
    takes: ["AUDIENCE"],
    does: "published → inactive, where nothing uses it: all stays end",
    run: changeAudience("inactive")
  },
  delete: {
    takes: ["AUDIENCE"],
    does: "remove its file, where nothing uses it, or another takes its place",
    run: changeAudience("deleted")
  }
};

const width = Math.max(...Object.entries(actions).map(([name, {takes}]) => [name, ...takes].join(" ").length));

export const audienceCommand: Command = {
  name: "audience",
  summary: "count, list, explain and evaluate audiences, and take them through their life",
  positionals: ["ACTION", "[NAME]", "[PROFILE]"],
  options: {
    ...workspaceOptions,
    at: {type: "string", value: "DATE", description: "members: as at the end of this day"},
    limit: {type: "string", value: "N", description: "members: how many a table shows (default 40, 0 for all)"},
    format: {type: "string", value: "FORMAT", description: "members: table (default) or csv, which gives every row"},
    "replace-by": {
      type: "string",
      value: "AUDIENCE",
      description: "delete: this one takes its place in all that uses it"
    },
    detail: {
      type: "boolean",
      description: "preview --json: with share, funnel, arms, reach and the definition in words"
    }
  },
  details: Object.entries(actions).map(
    ([name, {takes, does}]) => `  ${[name, ...takes].join(" ").padEnd(width)}  ${does}`
  ),
  async run(call) {
    const [name, ...given] = call.positionals as [string, ...string[]];
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) {
      const names = Object.keys(actions);
      throw new UsageError(
        `unknown action "${name}"${suggest(name, names) || `: one of ${names.join(", ")}`}`,
        "audience"
      );
    }
    const required = action.takes.filter((one) => !one.startsWith("["));
    if (given.length < required.length) throw new UsageError(`missing ${required[given.length]}`, "audience");
    if (given.length > action.takes.length) {
      throw new UsageError(`unexpected argument "${given[action.takes.length]}"`, "audience");
    }
    return action.run(call, ...given);
  }
};
