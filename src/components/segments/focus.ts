/** Gives the focus to a control by its name within a node: `0.1:menu`. */
export function focusOn(root: HTMLElement, name: string): void {
  const [place, control] = name.split(":");
  const found =
    root.querySelector<HTMLElement>(`[data-focus="${name}"]`) ??
    root.querySelector<HTMLElement>(`[data-item="${place}"] [data-focus="${control}"]`);
  found?.focus();
}
