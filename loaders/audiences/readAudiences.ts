import {audienceDefinition} from "../../lib/definitions/audience.js";
import {checkDefinition, DefinitionError, type Checked, type Mistake} from "../../lib/definitions/check.js";
import {unknownName} from "../../lib/definitions/explain.js";
import type {Path} from "../../lib/definitions/schema.js";
import {checkRule} from "../../lib/rules/check.js";
import {fieldOf, type Catalogue} from "../../lib/rules/field.js";
import {formatPath} from "../../lib/rules/finding.js";
import type {Rule} from "../../lib/rules/rule.js";
import {scheduleMistake} from "../engine/schedule.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {channelMistakes} from "./channels.js";
import {importMistake} from "./importFile.js";
import type {LastRun} from "./ledgerTables.js";
import {orderAudiences} from "./order.js";
import {rankSubject} from "./rank.js";
import {references} from "./references.js";
import {missingLists, ruleCatalogue} from "./ruleCatalogue.js";

/** The saved audiences as their files and the workspace around them have them. */
export interface Judged {
  /** Those whose files can be read, in an order in which each stands after those it names. */
  audiences: Audience[];
  /** What is wrong with each: files that cannot be read, and those that name what is not there, are among them. */
  mistakes: ReadonlyMap<string, Mistake[]>;
  /** What is wrong with none of them alone: channels, a circle. */
  general: Mistake[];
}

type Read = Audience & Pick<Checked<unknown>, "mistake">;

/**
 * Reads and checks the saved audiences. In an order in which each stands after those it names. Throws one
 * DefinitionError that lists all mistakes of all files.
 */
export function readAudiences(workspace: Workspace, last?: ReadonlyMap<string, LastRun>): Audience[] {
  const {audiences, mistakes, general} = judgeAudiences(workspace, last);
  const all = [...general, ...[...mistakes.values()].flat()];
  if (all.length > 0) throw new DefinitionError(all);
  return audiences;
}

/**
 * The saved audiences that can be evaluated: a mistake of one keeps nobody from asking for another. `unevaluated` are
 * those that the last refresh could not. Throws DefinitionError with the mistakes of `wanted`, where it has any.
 */
export function soundAudiences(
  workspace: Workspace,
  wanted?: string,
  unevaluated: ReadonlyMap<string, string> = new Map()
): Audience[] {
  const {audiences, mistakes, general} = judgeAudiences(workspace);
  const own = wanted === undefined ? [] : (mistakes.get(wanted) ?? []);
  if (general.length + own.length > 0) throw new DefinitionError([...general, ...own]);
  const others = [...unevaluated.keys()].filter((id) => id !== wanted && !mistakes.has(id));
  const failed = withDependents(audiences, [...mistakes.keys(), ...others]);
  const culprit = wanted === undefined ? undefined : failed.get(wanted);
  if (culprit !== undefined) throw unsound(audiences, wanted!, culprit, mistakes.get(culprit));
  return audiences.filter(({id}) => !failed.has(id));
}

function unsound(audiences: Audience[], id: string, culprit: string, mistakes?: Mistake[]): DefinitionError {
  const {file} = audiences.find((audience) => audience.id === id)!;
  const message = `it names audience "${culprit}", which the last refresh could not evaluate`;
  return new DefinitionError(mistakes ?? [{file, line: 1, path: "", message}]);
}

/**
 * Checks the saved audiences against the fields that the definitions know, against each other, and against what the
 * records say of their past.
 */
export function judgeAudiences(workspace: Workspace, last: ReadonlyMap<string, LastRun> = new Map()): Judged {
  const fields = ruleCatalogue(workspace);
  const general = channelMistakes(workspace, fields);
  const mistakes = new Map<string, Mistake[]>();
  const add = (id: string, found: Mistake[]) => {
    if (found.length > 0) mistakes.set(id, [...(mistakes.get(id) ?? []), ...found]);
  };
  const audiences: Read[] = [];
  for (const {id, file, text} of workspace.audiences) {
    const {value, mistakes: found, mistake} = checkDefinition(file, text, audienceDefinition);
    add(id, found);
    if (value) audiences.push({id, file, definition: value, mistake});
  }
  for (const audience of audiences) {
    add(audience.id, ownMistakes(workspace, audience, fields));
    add(audience.id, otherMistakes(audience, audiences, workspace.audiences, last));
    if (audience.definition.state === "draft" && last.get(audience.id)?.state === "published") {
      add(audience.id, [
        audience.mistake(["state"], 'expected published or inactive, not "draft": it has been published, so copy it')
      ]);
    }
  }
  const {ordered, cycle} = orderAudiences(audiences);
  if (cycle) {
    const first = audiences.find(({id}) => id === cycle[0])!;
    const {path} = references(first.definition).find(({audience}) => audience === cycle[1])!;
    const message = `audiences go round in a circle: ${cycle.join(" → ")}`;
    general.push({...first.mistake(path, ""), message});
  }
  return {audiences: ordered.map(({id, file, definition}) => ({id, file, definition})), mistakes, general};
}

/**
 * Those that cannot be evaluated because some others cannot, with the one that each first names or is: whatever names
 * an audience that fails, fails with it. Audiences stand after those they name.
 */
export function withDependents(audiences: Audience[], failed: Iterable<string>): Map<string, string> {
  const culprits = new Map([...failed].map((id) => [id, id]));
  for (const {id, definition} of audiences) {
    if (culprits.has(id)) continue;
    const named = references(definition).find(({audience}) => culprits.has(audience));
    if (named) culprits.set(id, culprits.get(named.audience)!);
  }
  return culprits;
}

/** What is wrong with an audience whatever others there are. */
function ownMistakes(
  workspace: Workspace,
  {definition, mistake}: Pick<Read, "definition" | "mistake">,
  fields: Catalogue
): Mistake[] {
  const {rule, split, top, schedule, file} = definition;
  const mistakes = rule ? ruleMistakes(rule, ["rule"], mistake, fields, workspace) : [];
  for (const [name, {where}] of Object.entries(split?.arms ?? {})) {
    if (where) mistakes.push(...ruleMistakes(where, ["split", "arms", name, "where"], mistake, fields, workspace));
  }
  if (top) {
    try {
      fieldOf(rankSubject(top), fields);
    } catch (error) {
      mistakes.push(mistake(["top", "by"], (error as Error).message));
    }
  }
  const wrong = schedule && scheduleMistake(schedule);
  if (wrong) mistakes.push(mistake(["schedule"], wrong));
  const lost = file && importMistake(workspace, file);
  if (lost) mistakes.push(mistake(["file", ...lost.path], lost.message));
  return mistakes;
}

/** A rule's errors as mistakes of the file that it stands in. */
function ruleMistakes(
  rule: Rule,
  path: Path,
  mistake: Read["mistake"],
  fields: Catalogue,
  workspace: Workspace
): Mistake[] {
  const lists = missingLists(workspace, rule).map((file) =>
    mistake(path, `no such file in the workspace: ${JSON.stringify(file)}`)
  );
  // What a rule's relative dates stand for changes with the as-of instant; whether they are well-formed does not.
  const findings = checkRule(rule, fields, {asOf: new Date(0), timeZone: workspace.time_zone})
    .filter(({severity}) => severity === "error")
    .map(({path: place, message}) => ({
      ...mistake([...path, ...place], ""),
      message: `${[...path.slice(0, -1), formatPath(place)].join(".")}: ${message}`
    }));
  return [...findings, ...lists];
}

/** What is wrong with an audience because of the others: names that nothing has, or that nobody is in. */
function otherMistakes(
  audience: Read,
  all: Read[],
  files: Workspace["audiences"],
  last: ReadonlyMap<string, LastRun>
): Mistake[] {
  return references(audience.definition).flatMap(({audience: id, membership, path}) => {
    const other = all.find((candidate) => candidate.id === id);
    const refuse = (message: string) => [audience.mistake(path, message)];
    // One whose file cannot be read has mistakes of its own.
    if (!other && files.some((file) => file.id === id)) return [];
    if (!other) {
      const isDeleted = last.has(id);
      if (isDeleted && membership !== "now" && membership !== "never") return [];
      if (isDeleted) return refuse(`audience "${id}" was deleted: nobody is in it any more`);
      return refuse(unknownName("audience", id, all.map((one) => one.id))); // prettier-ignore
    }
    const {state} = other.definition;
    if (state === "inactive" && membership === "now")
      return refuse(`audience "${id}" is inactive: nobody is in it; publish it`);
    if (state === "draft" && audience.definition.state === "published")
      return refuse(`audience "${id}" is a draft: publish it first`);
    return [];
  });
}
