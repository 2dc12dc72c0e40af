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

type Read = Audience & Pick<Checked<unknown>, "mistake">;

/**
 * Reads and checks the saved audiences against the fields that the definitions know, against each other, and against
 * what the records say of their past. In an order in which each stands after those it names. Throws one DefinitionError
 * that lists all mistakes of all files.
 */
export function readAudiences(workspace: Workspace, last: ReadonlyMap<string, LastRun> = new Map()): Audience[] {
  const fields = ruleCatalogue(workspace);
  const mistakes: Mistake[] = channelMistakes(workspace, fields);
  const audiences: Read[] = [];
  for (const {id, file, text} of workspace.audiences) {
    const {value, mistakes: found, mistake} = checkDefinition(file, text, audienceDefinition);
    mistakes.push(...found);
    if (value) audiences.push({id, file, definition: value, mistake});
  }
  for (const audience of audiences) {
    mistakes.push(...ownMistakes(workspace, audience, fields));
    mistakes.push(...otherMistakes(audience, audiences, last));
    if (audience.definition.state === "draft" && last.get(audience.id)?.state === "published") {
      mistakes.push(
        audience.mistake(["state"], 'expected published or inactive, not "draft": it has been published, so copy it')
      );
    }
  }
  const {ordered, cycle} = orderAudiences(audiences);
  if (cycle) {
    const first = audiences.find(({id}) => id === cycle[0])!;
    const {path} = references(first.definition).find(({audience}) => audience === cycle[1])!;
    const message = `audiences go round in a circle: ${cycle.join(" → ")}`;
    mistakes.push({...first.mistake(path, ""), message});
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  return ordered.map(({id, file, definition}) => ({id, file, definition}));
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
function otherMistakes(audience: Read, all: Read[], last: ReadonlyMap<string, LastRun>): Mistake[] {
  return references(audience.definition).flatMap(({audience: id, membership, path}) => {
    const other = all.find((candidate) => candidate.id === id);
    const refuse = (message: string) => [audience.mistake(path, message)];
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
