/**
 * An element whose content is drawn for its own width, again whenever that changes: `render` gets CSS pixels.
 */
export function responsive(render: (width: number) => Element): HTMLElement {
  const frame = document.createElement("div");
  frame.className = "chart";
  let width = 0;
  const observer = new ResizeObserver(([entry]) => {
    const next = Math.floor(entry!.contentRect.width);
    if (next === 0 || next === width) return;
    width = next;
    frame.replaceChildren(render(width));
    requestAnimationFrame(() => setTimeout(announce));
  });
  observer.observe(frame);
  return frame;
}

/**
 * Resolves when the page's first chart has been painted, or after two seconds: files that only later charts need are
 * asked for then, so that they do not hold up the first.
 */
export function painted(): Promise<void> {
  return Promise.race([first, new Promise<void>((resolve) => setTimeout(resolve, 2000))]);
}

let announce: () => void;
const first = new Promise<void>((resolve) => (announce = resolve));
