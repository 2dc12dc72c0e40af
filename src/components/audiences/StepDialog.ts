import {html} from "htl";
import type {AudienceLife} from "../companion.js";

export interface StepDialogOptions {
  id: string;
  name: string;
  to: "inactive" | "deleted";
  life: AudienceLife;
  /** Takes the step; of a deletion, what takes the audience's place. Rejects with what keeps it from being taken. */
  step(replaceBy?: string): Promise<void>;
  /** The step is taken and the dialog gone: whoever opened it gives the focus to what says so. */
  done(): void;
}

/** Asks before an audience is deactivated or deleted; says what uses it, and asks which one is to take its place. */
export function openStepDialog({name, to, life, step, done}: StepDialogOptions): void {
  const {dependents, others} = life;
  const isDeleted = to === "deleted";
  const isUsed = dependents.length > 0;
  const candidates = others.filter(({state}) => state === "published");
  const isPossible = !isUsed || (isDeleted && candidates.length > 0);
  const error = html`<p class="bad" role="alert"></p>`;
  const choice = html`<select required>
    <option value="">Choose an audience</option>
    ${candidates.map((other) => html`<option value=${other.id}>${other.name}</option>`)}
  </select>` as HTMLSelectElement;
  const [title, verb] = isDeleted ? ["Delete", isUsed ? "Replace and delete" : "Delete"] : ["Deactivate", "Deactivate"];
  const uses = html`<p>It is in use:</p>
    <ul>
      ${dependents.map(({kind, id, file}) => html`<li>${kind} ${id} <code>${file}</code></li>`)}
    </ul>`;
  const consequence = isDeleted
    ? "Its file is removed, and the stays of its members end with the next refresh. The ledger keeps its past."
    : "It has no members any more: their stays end with the next refresh.";
  const advice = isDeleted
    ? "Another takes its place in all of them; their other lines and comments stay as they are."
    : "Take it out of them first, or delete it and let another take its place.";

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    error.textContent = "";
    try {
      await step(isUsed ? choice.value : undefined);
      dialog.close();
      done();
    } catch (thrown) {
      error.textContent = (thrown as Error).message;
    }
  }

  const dialog = html`<dialog
    class="dialog step-dialog"
    aria-label=${`${title} ${name}`}
    onclose=${() => dialog.remove()}
  >
    <form onsubmit=${submit}>
      <h2>${title} “${name}”</h2>
      ${isUsed ? uses : null}
      <p>${isUsed ? advice : consequence}</p>
      ${isUsed && isDeleted && isPossible ? html`<label><span>In its place</span>${choice}</label>` : null}
      ${isUsed && isDeleted && !isPossible ? html`<p>No other audience is published.</p>` : null} ${error}
      <div class="dialog-actions">
        ${isPossible ? html`<button type="submit" class="primary">${verb}</button>` : null}
        <button type="button" class="plain" onclick=${() => dialog.close()}>${isPossible ? "Cancel" : "Close"}</button>
      </div>
    </form>
  </dialog>` as HTMLDialogElement;
  document.body.append(dialog);
  dialog.showModal();
}
