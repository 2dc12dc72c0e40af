import {existsSync, readdirSync, readFileSync} from "node:fs";
import {basename, join, relative, resolve} from "node:path";
import type {z} from "zod";
import {campaignDefinition, type CampaignDefinition} from "../lib/definitions/campaign.js";
import {checkDefinition, DefinitionError, type Mistake} from "../lib/definitions/check.js";
import {sourceDefinition, type SourceDefinition} from "../lib/definitions/source.js";
import {workspaceDefinition, type WorkspaceDefinition} from "../lib/definitions/workspace.js";

export interface Named {
  /** The file's name without its ending. */
  id: string;
  /** Path relative to the workspace, for messages. */
  file: string;
}

/** A source as the workspace holds it: `id` is its file's name, `rule` what its definition calls `id`. */
export type Source = Omit<SourceDefinition, "id"> & Named & {rule: SourceDefinition["id"]};

/** The folder `data/`: its checked definitions, and every path that Tenfold reads or writes. */
export interface Workspace extends WorkspaceDefinition {
  root: string;
  landing: string;
  /** State: the warehouse, the records, the key, published files. */
  warehouse: string;
  sources: Source[];
  campaigns: (CampaignDefinition & Named)[];
  /** The analyst's SQL models, unparsed. */
  models: (Named & {text: string})[];
  /** Saved rules, unparsed: `audiences/*.yaml`. */
  audiences: (Named & {text: string})[];
}

/** The project's own folder, where package.json stands. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** The workspace's folder: `--data`, else TENFOLD_DATA, else the project's `data`. */
export function workspaceRoot(data?: string): string {
  return resolve(data ?? process.env.TENFOLD_DATA ?? join(projectRoot, "data"));
}

/**
 * Reads and checks every definition of a workspace. Throws one DefinitionError that lists all mistakes of all files.
 */
export function readWorkspace({data, landing}: {data?: string; landing?: string} = {}): Workspace {
  const root = workspaceRoot(data);
  const mistakes: Mistake[] = [];
  const read = <T extends z.ZodType>(file: string, schema: T): z.output<T> | undefined => {
    const result = checkDefinition(file, readFileSync(join(root, file), "utf8"), schema);
    mistakes.push(...result.mistakes);
    return result.value;
  };
  if (!existsSync(join(root, "workspace.yaml"))) {
    throw new DefinitionError([
      {
        file: join(root, "workspace.yaml"),
        line: 1,
        path: "",
        message: "no such file: run `npx tenfold init DIR` to begin a workspace"
      }
    ]);
  }
  const definition = read("workspace.yaml", workspaceDefinition);
  const each = <T extends z.ZodType>(folder: string, schema: T) =>
    list(root, folder, ".yaml").flatMap((named) => {
      const value = read(named.file, schema);
      return value === undefined ? [] : [Object.assign(value as object, named) as z.output<T> & Named];
    });
  const sources = list(root, "sources", ".yaml").flatMap((named): Source[] => {
    const value = read(named.file, sourceDefinition);
    return value === undefined ? [] : [{...value, rule: value.id, ...named}];
  });
  const campaigns = each("campaigns", campaignDefinition);
  if (mistakes.length > 0) throw new DefinitionError(mistakes);
  const text = (named: Named) => ({...named, text: readFileSync(join(root, named.file), "utf8")});
  return {
    ...definition!,
    root,
    landing: resolve(landing ?? process.env.TENFOLD_LANDING ?? join(root, "landing")),
    warehouse: join(root, "warehouse"),
    sources,
    campaigns,
    models: list(root, "models", ".sql").map(text),
    audiences: list(root, "audiences", ".yaml").map(text)
  };
}

/** A path as messages show it: relative to the working directory where that is shorter. */
export function showPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length && !short.startsWith("../../..") ? short : path;
}

function list(root: string, folder: string, ending: string): Named[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith(ending) && !name.startsWith("."))
    .sort()
    .map((name) => ({id: basename(name, ending), file: `${folder}/${name}`}));
}
