import type {HoldoutPower} from "../../lib/response/holdoutPower.js";

/** The preview's companion server, which writes definitions into the workspace and asks the warehouse for this page. */
export interface Companion {
  /** A definition's text and version; undefined where there is no such file. */
  read(kind: DefinitionKind, id: string): Promise<Definition | undefined>;
  /** What would be wrong with a definition, by file and line; nothing is written. */
  check(kind: DefinitionKind, id: string, text: string): Promise<Mistake[]>;
  /** Writes a definition; `version` is the one that was read, null for a new file. Throws CompanionError. */
  save(kind: DefinitionKind, id: string, text: string, version: string | null): Promise<Definition>;
  /** Removes a definition that nothing depends on. Throws CompanionError. */
  remove(kind: DefinitionKind, id: string, version: string): Promise<void>;
  /** An audience as its file says it now, what depends on it, and the others. Throws CompanionError. */
  audience(id: string): Promise<AudienceLife>;
  /** Takes an audience to another state, by the checked steps; of a deletion, another may take its place. */
  changeAudience(id: string, to: AudienceStep, replaceBy?: string): Promise<{from: string; replaced: Dependent[]}>;
  /** Counts a rule exactly over every customer, personal fields included. */
  count(rule: unknown, measure?: {metric: string; lookback: string}): Promise<WarehouseCount>;
  /** What a delivery would send, to how many and to whom not; definitions may be given that are not saved yet. */
  dryRun(request: DryRunRequest): Promise<DryRun>;
  /** Looks whether a destination is there and lets us in; what it says of itself. Throws CompanionError. */
  checkDestination(id: string): Promise<string>;
}

export type AudienceStep = "published" | "inactive" | "deleted";

/** Something that names an audience and would miss it. */
export interface Dependent {
  kind: string;
  id: string;
  /** Relative to the workspace. */
  file: string;
}

export interface AudienceLife {
  state: string;
  dependents: Dependent[];
  others: {id: string; name: string; state: string}[];
}

export interface DryRunRequest {
  audience: string;
  destination: string;
  campaign?: string;
  edits: {kind: DefinitionKind; id: string; text: string}[];
}

/** What a delivery would do. */
export interface DryRun {
  members: number;
  actions: {add: number; update: number; remove: number};
  unchanged: number;
  exclusions: {reason: string; profiles: number}[];
  arms: {arm: string; isHoldout: boolean; profiles: number}[];
  power?: HoldoutPower;
  /** The first twenty, masked. */
  rows: {action: string; fields: Record<string, unknown>}[];
}

export type DefinitionKind = "audiences" | "campaigns" | "destinations";

export interface Definition {
  id: string;
  /** Relative to the workspace: `audiences/lapsing.yaml`. */
  file: string;
  text: string;
  /** Changes with every byte; to be given back when saving. */
  version: string;
}

/** One mistake in a definition. */
export interface Mistake {
  file: string;
  line: number;
  path: string;
  message: string;
}

export interface WarehouseCount {
  count: number;
  value: number;
  measure: {metric: string; lookback: string};
  /** All customers. */
  base: number;
  asOf: Date;
  method: "exact";
  funnel: Record<string, number>;
  splits: {category: string; decile: number | null; profiles: number; value: number}[];
}

/** Why the companion did not do it. */
export class CompanionError extends Error {
  constructor(
    message: string,
    readonly kind: "conflict" | "mistakes" | "unreachable" | "other",
    /** Of `mistakes`: each with file and line. */
    readonly mistakes: Mistake[] = [],
    /** Of `conflict`: what the file says now; undefined where it is gone. */
    readonly current?: Pick<Definition, "text" | "version">
  ) {
    super(message);
    this.name = "CompanionError";
  }
}

/** The companion of this page; undefined on a built site, which nobody can write through. */
export function companion(): Companion | undefined {
  const found = document.querySelector<HTMLMetaElement>('meta[name="tenfold-companion"]')?.content;
  const [url, token] = found?.split("#") ?? [];
  if (!url || !token) return undefined;
  const ask = asker(url, token);
  const place = (kind: DefinitionKind, id: string) => `/definitions/${kind}/${encodeURIComponent(id)}`;
  return {
    async read(kind, id) {
      const {status, body} = await ask("GET", place(kind, id));
      if (status === 404) return undefined;
      return expectDone(status, body) as Definition;
    },
    async check(kind, id, text) {
      const {status, body} = await ask("POST", `${place(kind, id)}/check`, {text});
      return (expectDone(status, body) as {mistakes: Mistake[]}).mistakes;
    },
    async save(kind, id, text, version) {
      const {status, body} = await ask("PUT", place(kind, id), {text, version});
      return {...(expectDone(status, body) as Omit<Definition, "text">), text};
    },
    async remove(kind, id, version) {
      const {status, body} = await ask("DELETE", place(kind, id), {version});
      expectDone(status, body);
    },
    async audience(id) {
      const {status, body} = await ask("GET", `/audiences/${encodeURIComponent(id)}`);
      return expectDone(status, body) as AudienceLife;
    },
    async changeAudience(id, to, replaceBy) {
      const {status, body} = await ask("POST", `/audiences/${encodeURIComponent(id)}/state`, {to, replaceBy});
      return expectDone(status, body) as {from: string; replaced: Dependent[]};
    },
    async count(rule, measure) {
      const {status, body} = await ask("POST", "/count", {rule, measure});
      const count = expectDone(status, body) as Omit<WarehouseCount, "asOf"> & {asOf: string};
      return {...count, asOf: new Date(count.asOf)};
    },
    async dryRun(request) {
      const {status, body} = await ask("POST", "/dry-run", request);
      return expectDone(status, body) as DryRun;
    },
    async checkDestination(id) {
      const {status, body} = await ask("POST", `/destinations/${encodeURIComponent(id)}/check`, {});
      return (expectDone(status, body) as {health: string}).health;
    }
  };
}

interface Answer {
  error?: string;
  mistakes?: Mistake[];
  version?: string | null;
  text?: string;
}

function asker(url: string, token: string) {
  return async (method: string, path: string, body?: object) => {
    let response: Response;
    try {
      response = await fetch(url + path, {
        method,
        headers: {authorization: `Bearer ${token}`, ...(body && {"content-type": "application/json"})},
        ...(body && {body: JSON.stringify(body)})
      });
    } catch {
      throw new CompanionError("the preview does not answer: is `npx tenfold preview` still running?", "unreachable");
    }
    return {status: response.status, body: (await response.json()) as Answer};
  };
}

function expectDone(status: number, body: Answer): unknown {
  if (status < 300) return body;
  const message = body.error ?? `the preview answered ${status}`;
  if (status === 409) {
    const current = body.version ? {text: body.text!, version: body.version} : undefined;
    throw new CompanionError(message, "conflict", [], current);
  }
  throw new CompanionError(message, status === 422 ? "mistakes" : "other", body.mistakes);
}
