/** Shows a bar at the top of the page while the database loads; says so to screen readers. */
export function showLoading(): {progress(share: number): void; remove(): void} {
  const box = document.createElement("div");
  box.className = "database-loading";
  const label = document.createElement("label");
  const bar = document.createElement("progress");
  label.textContent = "Loading the database … ";
  bar.max = 1;
  label.append(bar);
  box.append(label);
  box.setAttribute("role", "status");
  Object.assign(box.style, {
    position: "fixed",
    bottom: "1rem",
    right: "1rem",
    zIndex: "10",
    padding: "0.5rem 0.75rem",
    borderRadius: "0.5rem",
    font: "14px var(--sans-serif)",
    background: "var(--theme-background-alt)",
    color: "var(--theme-foreground)",
    boxShadow: "0 1px 6px rgb(0 0 0 / 25%)"
  });
  document.body.append(box);
  return {
    progress(share) {
      bar.value = share;
    },
    remove() {
      box.remove();
    }
  };
}
