import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import {gripKey, nodeActions} from "./actions.js";
import {keyOf, type Builder} from "./builder.js";
import {Menu} from "./Menu.js";

export interface CardOptions {
  place: Place;
  /** What it is, in a few words: read out, and shown while it is dragged. */
  title: string;
  /** What it is about: `attribute`, `event`, … */
  kind: string;
  head: unknown;
  body?: unknown;
  /** Only the warehouse can count it. */
  isUnpublished?: boolean;
}

/** The frame of a condition: a grip to drag it by, what it says, how many it keeps, and its menu. */
export function Card(builder: Builder, {place, title, kind, head, body, isUnpublished}: CardOptions): HTMLElement {
  const key = keyOf(place);
  return html`<article class=${`card-rule card-${kind}`} aria-label=${title}>
    <div class="card-head">
      ${Grip(builder, place, title)}
      <div class="card-what">
        ${head}${isUnpublished ? html`<span class="badge" title=${unpublished}>not published</span>` : null}
      </div>
      <span class="node-count" data-count=${key}></span>
      ${Menu(`Actions for ${title}`, `${key}:menu`, () => nodeActions(builder, place))}
    </div>
    ${body ? html`<div class="card-body">${body}</div>` : null}
    <div class="card-bar" data-bar=${key} aria-hidden="true"><i></i><b></b></div>
  </article>`;
}

const unpublished = "Its values are not in the published site: the rule is counted by the command, or in a preview";

/** The handle of a card or group: it drags, and with the focus on it the arrow keys move. */
export function Grip(builder: Builder, place: Place, title: string): HTMLElement {
  const grip = html`<button
    type="button"
    class="grip"
    aria-label=${`Move ${title}`}
    aria-describedby="grip-help"
    title="Drag, or move with the arrow keys"
    data-focus=${`${keyOf(place)}:grip`}
    onkeydown=${(event: KeyboardEvent) => gripKey(builder, place, event)}
  ></button>`;
  builder.dragging.handle(grip, () => ({from: place}), title);
  return grip;
}
