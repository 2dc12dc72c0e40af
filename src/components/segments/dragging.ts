import {html} from "htl";
import type {Place} from "../../lib/rules/edit.js";
import type {Rule} from "../../lib/rules/rule.js";

/** What is carried: something new from the blocks, a node of the rule, or a step of the sequence that stands there. */
export type Cargo = {make(): Rule} | {from: Place} | {from: Place; step: number};

/**
 * Where it is let go: before the child at a place, before the step at a place (its last number), or onto the card at a
 * place, so that both go together.
 */
export interface Target {
  place: Place;
  kind: "before" | "onto" | "step";
}

export interface Dragging {
  /** Makes an element a handle: with mouse and pen it drags at once, with a finger after a short hold. */
  handle(element: HTMLElement, cargo: () => Cargo, label: string): void;
}

/**
 * Drag and drop over the rule's lists, by pointer events, so that a finger works as a mouse does. Lists are elements
 * with `data-list` (the container's place) and children with `data-item` (the item's place), or with `data-steps` (the
 * sequence's place) and children with `data-step`. Escape gives up.
 */
export function dragging(canvas: HTMLElement, drop: (cargo: Cargo, target: Target) => void): Dragging {
  const line = html`<div class="drop-line" hidden></div>`;
  canvas.append(line);
  let stop: (() => void) | undefined;

  function lift(element: HTMLElement, event: PointerEvent, cargo: Cargo, label: string) {
    const ghost = html`<div class="drag-ghost" aria-hidden="true">${label}</div>`;
    let target: Found | undefined;
    let {clientX: x, clientY: y} = event;
    let frame = 0;
    document.body.append(ghost);
    document.body.classList.add("is-dragging");
    element.setPointerCapture(event.pointerId);

    const move = (next: PointerEvent) => {
      x = next.clientX;
      y = next.clientY;
      follow();
    };
    const follow = () => {
      ghost.style.transform = `translate(${x + 12}px, ${y + 8}px)`;
      target = find(canvas, x, y, cargo);
      mark(canvas, line, target);
    };
    const scroll = () => {
      const edge = 72;
      const speed = y < edge ? (y - edge) / 6 : y > innerHeight - edge ? (y - innerHeight + edge) / 6 : 0;
      if (speed !== 0) {
        scrollBy(0, speed);
        follow();
      }
      frame = requestAnimationFrame(scroll);
    };
    const end = (isDropped: boolean) => {
      stop = undefined;
      cancelAnimationFrame(frame);
      ghost.remove();
      document.body.classList.remove("is-dragging");
      mark(canvas, line, undefined);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", release);
      element.removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", escape, true);
      if (isDropped && target) drop(cargo, target);
    };
    const release = () => end(true);
    const cancel = () => end(false);
    const escape = (key: KeyboardEvent) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      key.stopPropagation();
      cancel();
    };
    stop = cancel;
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", release);
    element.addEventListener("pointercancel", cancel);
    addEventListener("keydown", escape, true);
    frame = requestAnimationFrame(scroll);
    follow();
  }

  return {
    handle(element, cargo, label) {
      let waiting: ReturnType<typeof setTimeout> | undefined;
      let start: PointerEvent | undefined;
      let wasDragged = false;
      const forget = () => {
        clearTimeout(waiting);
        start = undefined;
      };
      const begin = (event: PointerEvent) => {
        forget();
        wasDragged = true;
        lift(element, event, cargo(), label);
      };
      element.addEventListener("pointerdown", (event) => {
        wasDragged = false;
        if (event.button !== 0 || stop) return;
        start = event;
        if (event.pointerType === "touch") waiting = setTimeout(() => start && begin(start), 250);
      });
      element.addEventListener("pointermove", (event) => {
        if (!start) return;
        const distance = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
        if (distance < 6) return;
        if (event.pointerType === "touch") forget();
        else begin(event);
      });
      element.addEventListener("pointerup", forget);
      element.addEventListener("pointercancel", forget);
      // Without this the browser would scroll under the finger, and take the pointer away.
      element.addEventListener("touchmove", (event) => stop && event.preventDefault(), {passive: false});
      element.addEventListener("contextmenu", (event) => (stop || waiting) && event.preventDefault());
      element.addEventListener(
        "click",
        (event) => {
          if (!wasDragged) return;
          wasDragged = false;
          event.preventDefault();
          event.stopImmediatePropagation();
        },
        true
      );
    }
  };
}

interface Found extends Target {
  list: HTMLElement;
  /** The item that the line stands before, or that is dropped onto. */
  item: HTMLElement | undefined;
}

function find(canvas: HTMLElement, x: number, y: number, cargo: Cargo): Found | undefined {
  const under = document.elementFromPoint(x, y);
  if (!under || !canvas.contains(under)) return undefined;
  const steps = under.closest<HTMLElement>("[data-steps]");
  if (steps && mayBeStep(cargo, steps)) {
    const [items, at] = before(steps, y);
    return {list: steps, item: items[at], place: [...placeOf(steps.dataset.steps!), at], kind: "step"};
  }
  const list =
    under.closest<HTMLElement>("[data-list]") ??
    under.closest(".group")?.querySelector<HTMLElement>("[data-list]") ??
    canvas.querySelector<HTMLElement>("[data-list]");
  if (!list) return undefined;
  const parent = placeOf(list.dataset.list!);
  if ("from" in cargo && isWithin(parent, cargo.from)) return undefined;
  const [items, at] = before(list, y);
  const over = items.find((item) => item.contains(under));
  if (over?.dataset.card !== undefined && !("step" in cargo)) {
    const {top, height} = over.getBoundingClientRect();
    const place = placeOf(over.dataset.item!);
    const isSelf = "from" in cargo && String(cargo.from) === String(place);
    if (!isSelf && Math.abs(y - top - height / 2) < height * 0.2) return {list, item: over, place, kind: "onto"};
  }
  return {list, item: items[at], place: [...parent, at], kind: "before"};
}

/** A list's items, and before which of them a height lies. */
function before(list: HTMLElement, y: number): [HTMLElement[], number] {
  const items = itemsOf(list);
  const index = items.findIndex((item) => {
    const {top, height} = item.getBoundingClientRect();
    return y < top + height / 2;
  });
  return [items, index < 0 ? items.length : index];
}

/** Events may become steps; a sequence is none, and its own steps move within it. */
function mayBeStep(cargo: Cargo, steps: HTMLElement): boolean {
  if ("step" in cargo) return true;
  if ("from" in cargo && isWithin(placeOf(steps.dataset.steps!), cargo.from)) return false;
  const element =
    "from" in cargo ? document.querySelector(`[data-item="${cargo.from.join(".")}"] > .card-event`) : null;
  return "make" in cargo ? "event" in cargo.make() : element !== null;
}

function mark(canvas: HTMLElement, line: HTMLElement, found: Found | undefined) {
  canvas.querySelector(".drop-onto")?.classList.remove("drop-onto");
  line.hidden = !found || found.kind === "onto";
  if (!found) return;
  if (found.kind === "onto") {
    found.item!.classList.add("drop-onto");
    return;
  }
  const frame = canvas.getBoundingClientRect();
  const {left, width} = found.list.getBoundingClientRect();
  const items = itemsOf(found.list);
  const y = found.item
    ? found.item.getBoundingClientRect().top - 3
    : (items.at(-1)?.getBoundingClientRect().bottom ?? found.list.getBoundingClientRect().top) + 3;
  Object.assign(line.style, {left: `${left - frame.left}px`, top: `${y - frame.top}px`, width: `${width}px`});
}

function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.children].filter((child) => child.matches("[data-item], [data-step]")) as HTMLElement[];
}

/** A place as it stands in `data-` attributes. */
export function placeOf(text: string): Place {
  return text === "" ? [] : text.split(".").map(Number);
}

function isWithin(place: Place, ancestor: Place): boolean {
  return ancestor.every((index, depth) => place[depth] === index);
}
