import {DefinitionError, type Mistake} from "../../lib/definitions/check.js";
import {lastDue} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {definitionHash} from "./definitionHash.js";
import {fileHash} from "./importFile.js";
import type {LastRun, Standing} from "./ledgerTables.js";
import {judgeAudiences, withDependents} from "./readAudiences.js";
import {listsOf} from "./ruleCatalogue.js";
import {rulesOf} from "./usedFields.js";

/** Which audiences a refresh evaluates, and which keep the members that they had. */
export interface Plan {
  /** Drafts and published ones, in an order in which each stands after those it names. */
  audiences: PlannedAudience[];
  /** All that have a file. */
  saved: Audience[];
  /** Of these, which cannot be evaluated, and why. */
  failed: ReadonlyMap<string, string>;
  /** Changes when something else than the data makes another evaluation due. */
  key: unknown;
}

export interface PlannedAudience extends Audience {
  /** Of the definition's meaning. */
  hash: string;
  isDue: boolean;
}

export interface PlanOptions {
  /** The clock: schedules fall due by it. */
  now: Date;
  /** Evaluate these whatever their schedule; `true` means all. */
  evaluate?: string[] | true;
  last?: ReadonlyMap<string, LastRun>;
  /** What was evaluated before. */
  standing?: ReadonlyMap<string, Standing>;
}

/**
 * Plans the audiences of a refresh. One with a schedule is due when its schedule has named a time since its last run,
 * when its definition has changed, or when it is asked for. What somebody has just written is refused where it is wrong
 * (DefinitionError); what stood before, and lost the ground it stands on, fails by itself.
 */
export function planAudiences(
  workspace: Workspace,
  {now, evaluate, last = new Map(), standing = new Map()}: PlanOptions
): Plan {
  const {audiences: saved, mistakes, general} = judgeAudiences(workspace, last);
  const failed = failures(saved, mistakes, standing, general);
  const active = saved.filter(({definition}) => definition.state !== "inactive");
  const key: unknown[] = [];
  const audiences = active.map((audience): PlannedAudience => {
    const {id, definition} = audience;
    const hash = definitionHash(id, definition);
    const before = last.get(id);
    const due = definition.schedule ? lastDue(definition.schedule, workspace.time_zone, now) : undefined;
    const isAsked = evaluate === true || Boolean(evaluate?.includes(id));
    const isKept =
      definition.state === "published" &&
      definition.schedule !== undefined &&
      !isAsked &&
      before?.state === "published" &&
      before.hash === hash &&
      !(due && due > before.evaluatedAt);
    const files = [...(definition.file ? [definition.file.path] : []), ...rulesOf(audience).flatMap(listsOf)];
    key.push([id, hash, definition.state, files.map((file) => fileHash(workspace, file))]);
    if (definition.schedule) key.push([due?.getTime() ?? null, isAsked && now.getTime()]);
    return {...audience, hash, isDue: !isKept};
  });
  return {audiences, saved, failed, key: [key, saved.map(({id, definition}) => [id, definition.state])]};
}

function failures(
  saved: Audience[],
  mistakes: ReadonlyMap<string, Mistake[]>,
  standing: ReadonlyMap<string, Standing>,
  general: Mistake[]
): Map<string, string> {
  const definitions = new Map(saved.map(({id, definition}) => [id, definition]));
  const isNew = (id: string): boolean => {
    const [before, definition] = [standing.get(id), definitions.get(id)];
    if (!before || !definition || mistakes.get(id)!.some(({path}) => path === "schedule")) return true;
    return before.state !== definition.state || before.hash !== definitionHash(id, definition);
  };
  const refused = [...general, ...[...mistakes].flatMap(([id, found]) => (isNew(id) ? found : []))];
  if (refused.length > 0) throw new DefinitionError(refused);
  return reasons(saved, new Map([...mistakes].map(([id, found]) => [id, found.map(inFile).join("; ")])));
}

/** Why audiences fail, with those that name them: these fail, too. */
export function reasons(saved: Audience[], failed: ReadonlyMap<string, string>): Map<string, string> {
  const why = (id: string, culprit: string) =>
    id === culprit ? failed.get(id)! : `it names "${culprit}", which fails`;
  return new Map([...withDependents(saved, failed.keys())].map(([id, culprit]) => [id, why(id, culprit)]));
}

function inFile({file, line, message}: Mistake): string {
  return `${file}:${line}: ${message}`;
}
