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
  });
  observer.observe(frame);
  return frame;
}
