import {existsSync, readdirSync, readFileSync} from "node:fs";
import {basename, dirname, join, relative, resolve} from "node:path";
import type {z} from "zod";
import {commandLine} from "../lib/commandLine.js";
import {campaignDefinition, type CampaignDefinition} from "../lib/definitions/campaign.js";
import {checkDefinition, DefinitionError, type Mistake} from "../lib/definitions/check.js";
import {crossCheck} from "../lib/definitions/cross.js";
import {destinationDefinition, type DestinationDefinition} from "../lib/definitions/destination.js";
import type {Located} from "../lib/definitions/located.js";
import {crossSource} from "../lib/definitions/crossSource.js";
import {slug} from "../lib/definitions/fields.js";
import {sourceDefinition, type SourceDefinition} from "../lib/definitions/source.js";
import {crossWarnings} from "../lib/definitions/warnings.js";
import {workspaceDefinition, type WorkspaceDefinition} from "../lib/definitions/workspace.js";

export interface Named {
  /** The file's name without its ending. */
  id: string;
  /** Path relative to the workspace, for messages. */
  file: string;
}

/** A source as the workspace holds it: `id` is its file's name, `rule` what its definition calls `id`. */
export type Source = Omit<SourceDefinition, "id"> &
  Named & {rule: SourceDefinition["id"]} & Pick<Located<SourceDefinition>, "mistake">;

/** The folder `data/`: its checked definitions, and every path that Tenfold reads or writes. */
export interface Workspace extends WorkspaceDefinition, Pick<Located<WorkspaceDefinition>, "mistake"> {
  root: string;
  landing: string;
  /** State: the warehouse, the records, the key, published files. */
  warehouse: string;
  sources: Source[];
  campaigns: (CampaignDefinition & Named)[];
  destinations: (DestinationDefinition & Named)[];
  /** The analyst's SQL models, unparsed. */
  models: (Named & {text: string})[];
  /** What is allowed, and hardly meant. */
  warnings: Mistake[];
  /** Saved rules, unparsed: `audiences/*.yaml`. */
  audiences: (Named & {text: string})[];
}

/** The project's own folder, where package.json stands. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** The workspace's folder: `--data`, else TENFOLD_DATA, else the project's `data`. */
export function workspaceRoot(data?: string): string {
  return resolve(data ?? process.env.TENFOLD_DATA ?? join(projectRoot, "data"));
}

export interface WorkspaceOptions {
  data?: string;
  landing?: string;
  /** What is to be read instead of what stands in the files. */
  edits?: Edits;
}

/** Definitions as they would be: what each file, relative to the workspace, would say; undefined where it were gone. */
export type Edits = ReadonlyMap<string, string | undefined>;

/**
 * Reads and checks every definition of a workspace. Throws one DefinitionError that lists all mistakes of all files.
 */
export function readWorkspace({data, landing, edits = new Map()}: WorkspaceOptions = {}): Workspace {
  const root = workspaceRoot(data);
  if (!existsSync(join(root, "workspace.yaml"))) {
    throw new DefinitionError([
      {
        file: join(showPath(root), "workspace.yaml"),
        line: 1,
        path: "",
        message: `no such file: run \`npx tenfold init ${existsSync(root) ? "DIR" : showPath(root)}\` to begin a workspace`
      }
    ]);
  }
  const mistakes: Mistake[] = [];
  const contents = ({file}: Named) => edits.get(file) ?? readFileSync(join(root, file), "utf8");
  const read = <T extends z.ZodType>(named: Named, schema: T): Located<z.output<T>>[] => {
    const {value, ...checked} = checkDefinition(named.file, contents(named), schema);
    mistakes.push(...checked.mistakes);
    return value === undefined ? [] : [{...named, ...checked, value}];
  };
  const each = <T extends z.ZodType>(folder: string, schema: T) => {
    const {files, misnamed} = list(root, folder, ".yaml", edits);
    mistakes.push(...misnamed);
    return files.flatMap((named) => read(named, schema));
  };
  const [workspace] = read({id: "workspace", file: "workspace.yaml"}, workspaceDefinition);
  const sources = each("sources", sourceDefinition);
  const campaigns = each("campaigns", campaignDefinition);
  const destinations = each("destinations", destinationDefinition);
  // Names in other files can be judged only where all files could be read.
  if (workspace && mistakes.length === 0) {
    const audiences = list(root, "audiences", ".yaml", edits).files.map(({id}) => id);
    mistakes.push(...crossCheck({workspace, sources, campaigns, destinations}, audiences));
  } else mistakes.push(...sources.flatMap(crossSource));
  if (mistakes.length > 0) throw new DefinitionError(byFile(mistakes));
  const named = <T>({value, id, file}: Located<T>): T & Named => ({...value, id, file});
  const text = (folder: string, ending: string) =>
    list(root, folder, ending, edits).files.map((named) => ({...named, text: contents(named)}));
  return {
    ...workspace!.value,
    mistake: workspace!.mistake,
    root,
    landing: resolve(landing ?? process.env.TENFOLD_LANDING ?? join(root, "landing")),
    warehouse: join(root, "warehouse"),
    sources: sources.map(({value, id, file, mistake}) => ({...value, rule: value.id, id, file, mistake})),
    campaigns: campaigns.map(named),
    destinations: destinations.map(named),
    models: text("models", ".sql"),
    warnings: crossWarnings({sources, campaigns}),
    audiences: text("audiences", ".yaml")
  };
}

/** A path as messages show it: relative to the working directory where that is shorter. */
export function showPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length && !short.startsWith("../../..") ? short : path;
}

/** A command as it is to be typed for a workspace. */
export function tenfold(root: string, words: string): string {
  return commandLine(words, shownData(root));
}

/** What `--data` has to say for a workspace to be found; undefined where it is found without. */
export function shownData(root: string): string | undefined {
  return root === workspaceRoot() ? undefined : showPath(root);
}

function byFile(mistakes: Mistake[]): Mistake[] {
  const order = [...new Set(mistakes.map(({file}) => file))];
  return mistakes.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.line - b.line);
}

function list(root: string, folder: string, ending: string, edits: Edits): {files: Named[]; misnamed: Mistake[]} {
  const path = join(root, folder);
  const names = new Set(existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith(".")) : []);
  for (const [file, text] of edits) {
    if (dirname(file) !== folder) continue;
    if (text === undefined) names.delete(basename(file));
    else names.add(basename(file));
  }
  const files = [...names].filter((name) => name.endsWith(ending)).sort();
  const mistake = (name: string, message: string) => ({file: `${folder}/${name}`, line: 1, path: "", message});
  return {
    files: files.map((name) => ({id: basename(name, ending), file: `${folder}/${name}`})),
    misnamed: [
      ...[...names]
        .filter((name) => ending === ".yaml" && name.endsWith(".yml"))
        .map((name) => mistake(name, `expected the ending .yaml: rename it to ${basename(name, ".yml")}.yaml`)),
      ...files
        .filter((name) => !slug.safeParse(basename(name, ending)).success)
        .map((name) => mistake(name, `expected a lower-case file name such as spring-bonus${ending}`))
    ]
  };
}
