import {lastDue} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {definitionHash} from "./definitionHash.js";
import {fileHash} from "./importFile.js";
import type {LastRun} from "./ledgerTables.js";
import {readAudiences} from "./readAudiences.js";
import {listsOf} from "./ruleCatalogue.js";
import {rulesOf} from "./usedFields.js";

/** Which audiences a refresh evaluates, and which keep the members that they had. */
export interface Plan {
  /** Drafts and published ones, in an order in which each stands after those it names. */
  audiences: PlannedAudience[];
  /** All that have a file. */
  saved: Audience[];
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
}

/**
 * Plans the audiences of a refresh. One with a schedule is due when its schedule has named a time since its last run,
 * when its definition has changed, or when it is asked for. Throws DefinitionError.
 */
export function planAudiences(workspace: Workspace, {now, evaluate, last = new Map()}: PlanOptions): Plan {
  const saved = readAudiences(workspace, last);
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
  return {audiences, saved, key: [key, saved.map(({id, definition}) => [id, definition.state])]};
}
