import {html} from "htl";
import type {Rule} from "../../lib/rules/rule.js";
import {CompanionError, type Companion, type Definition} from "../companion.js";
import {download} from "../download.js";
import {fileName} from "../fileName.js";
import {audienceFile, type AudienceHead} from "./audienceFile.js";

export interface SavedAudience extends AudienceHead {
  id: string;
}

export interface SaveOptions {
  rule: Rule;
  /** The names of the audiences there are, by id. */
  taken: ReadonlyMap<string, string>;
  /** The audience that was opened, if any. */
  opened: SavedAudience | undefined;
  /** Writes into the workspace of a preview; undefined on a built site. */
  companion: Companion | undefined;
  saved(audience: SavedAudience, how: "downloaded" | "written"): void;
}

/** Asks for an audience's name, id and description, and saves it: into the workspace in a preview, else as a file. */
export function openSaveDialog({rule, taken, opened, companion, saved}: SaveOptions): void {
  const name = html`<input type="text" required maxlength="200" value=${opened?.name ?? ""} />` as HTMLInputElement;
  const id = html`<input
    type="text"
    required
    pattern=${"[a-z0-9][a-z0-9_\\-]{0,62}"}
    title="lower case, digits, _ and -"
    value=${opened?.id ?? ""}
  />` as HTMLInputElement;
  const description = html`<textarea rows="2" maxlength="2000"></textarea>` as HTMLTextAreaElement;
  description.value = opened?.description ?? "";
  const replace = html`<input type="checkbox" onchange=${check} />` as HTMLInputElement;
  const replaceLabel = html`<label class="save-replace" hidden>${replace}<span></span></label>`;
  const note = html`<p class="muted" role="status"></p>`;
  const errors = html`<ul class="problems"></ul>`;
  const write = html`<button type="submit" class="primary" value="write">Save into the workspace</button>`;
  const keep = html`<button type="submit" class=${companion ? "plain" : "primary"} value="download">
    Download the YAML
  </button>`;
  let isOwnId = opened !== undefined;

  function check() {
    const holder = id.value === opened?.id ? undefined : taken.get(id.value);
    replaceLabel.hidden = holder === undefined;
    replaceLabel.querySelector("span")!.textContent = `Replace “${holder}”, which has this id`;
    replace.required = holder !== undefined;
    const called = name.value.trim().toLowerCase();
    const same = [...taken].find(([other, its]) => other !== id.value && its.trim().toLowerCase() === called);
    name.setCustomValidity(same ? `another audience (${same[0]}) is called so: choose a name of its own` : "");
    note.textContent = same
      ? `✕ ${name.validationMessage}`
      : id.value && id.validity.valid
        ? `audiences/${id.value}.yaml${companion ? "" : " of the workspace: put it there and refresh, and it is counted from then on."}`
        : "";
  }

  const head = (): AudienceHead => {
    const text = description.value.trim();
    return {name: name.value.trim(), ...(text && {description: text}), settings: opened?.settings};
  };

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const isWritten = (event.submitter as HTMLButtonElement | null)?.value === "write";
    errors.replaceChildren();
    try {
      if (isWritten) await writeAudience(companion!, id.value, head(), rule);
      else {
        const before = await companion?.read("audiences", id.value);
        const text = await audienceFile(head(), rule, before?.text);
        download(`${id.value}.yaml`, new Blob([text], {type: "text/yaml"}));
      }
    } catch (error) {
      const mistakes = error instanceof CompanionError ? error.mistakes : [];
      const lines = mistakes.length > 0 ? mistakes.map(({line, message}) => `line ${line}: ${message}`) : [(error as Error).message]; // prettier-ignore
      errors.replaceChildren(...lines.map((line) => html`<li class="bad">✕ ${line}</li>`));
      return;
    }
    saved({id: id.value, ...head()}, isWritten ? "written" : "downloaded");
    dialog.close();
  }

  name.addEventListener("input", () => {
    if (!isOwnId) id.value = fileName(name.value);
    check();
  });
  id.addEventListener("input", () => {
    isOwnId = id.value !== "";
    check();
  });
  const dialog = html`<dialog
    class="dialog save-dialog"
    aria-label="Save as an audience"
    onclose=${() => dialog.remove()}
  >
    <form onsubmit=${submit}>
      <h2>Save as an audience</h2>
      <label><span>Name</span>${name}</label>
      <label><span>Id</span>${id}</label>
      <label><span>Description (optional)</span>${description}</label>
      ${replaceLabel}${note}
      <div role="alert">${errors}</div>
      <div class="dialog-actions save-actions">
        ${companion ? write : null}${keep}
        <button type="button" class="quiet" onclick=${() => dialog.close()}>Cancel</button>
      </div>
    </form>
  </dialog>` as HTMLDialogElement;
  document.body.append(dialog);
  dialog.showModal();
  check();
}

/** Writes the audience; of a file that is there, what the builder does not edit stays. */
async function writeAudience(companion: Companion, id: string, head: AudienceHead, rule: Rule): Promise<Definition> {
  const before = await companion.read("audiences", id);
  const text = await audienceFile(head, rule, before?.text);
  return companion.save("audiences", id, text, before?.version ?? null);
}
