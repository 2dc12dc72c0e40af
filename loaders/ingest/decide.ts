import type {Source} from "../workspace.js";
import type {Batch} from "./ledger.js";

/** What is to be done with a landed file. */
export interface Decision {
  /**
   * `keep`: nothing; `copy`: the bytes are there under another name; `again`: the definition changed; `load`: new, or in
   * place of `replaces`.
   */
  action: "keep" | "copy" | "again" | "load";
  /** The batch that is there already: kept, copied or taken in again. */
  batch: Batch;
  replaces: Batch[];
  /** Why a kept batch is not what one might expect. */
  note?: string;
  /** A failure under the same definition and bytes, which is not tried again. */
  blocked?: Batch;
}

export interface Question {
  file: string;
  sha256: string;
  /** Of the definition as it is now. */
  hash: string;
  source: Source;
  ledger: Batch[];
  /** The hashes of the files that are there, where known. */
  hashes: Map<string, string | undefined>;
  retry?: boolean;
}

/** Holds a file against the ledger. */
export function decide({file, sha256, hash, source, ledger, hashes, retry}: Question): Decision {
  const own = ledger.filter((batch) => batch.file === file);
  const failed = own.findLast((b) => b.status === "failed" && b.sha256 === sha256 && b.definition_hash === hash);
  const blocked = retry ? undefined : failed;
  const loaded = own.filter((batch) => batch.status === "loaded");
  const same = loaded.findLast((batch) => batch.sha256 === sha256);
  if (same?.definition_hash === hash) return {action: "keep", batch: same, replaces: []};
  const stale = own.filter((batch) => batch.status !== "loaded");
  if (same) return {action: "again", batch: same, replaces: [same, ...stale], blocked};
  if (blocked) return {action: "keep", batch: blocked, replaces: []};
  const replaces = source.on_change === "replace" ? own : stale;
  const original = ledger.findLast(
    (batch) =>
      batch.file !== file &&
      batch.status === "loaded" &&
      batch.sha256 === sha256 &&
      !willBeReplaced(batch, source, hashes)
  );
  if (original && !namesFile(source)) {
    const copy = own.findLast((batch) => batch.status === "duplicate_file" && batch.sha256 === sha256);
    if (copy) return {action: "keep", batch: copy, replaces: []};
    return {action: "copy", batch: original, replaces};
  }
  return {action: "load", batch: own[0]!, replaces};
}

function willBeReplaced(batch: Batch, source: Source, hashes: Map<string, string | undefined>): boolean {
  return source.on_change === "replace" && hashes.has(batch.file) && hashes.get(batch.file) !== batch.sha256;
}

/** Whether the events depend on the file's name, so that a copy under another name says something else. */
function namesFile(source: Source): boolean {
  if (source.rule.rule === "row") return false;
  return JSON.stringify([source.columns, source.events, source.attributes, source.identities]).includes('"_file"');
}
