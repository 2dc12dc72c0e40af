import * as Plot from "@observablehq/plot";

export interface ChartOptions extends Plot.PlotOptions {
  /** What a screen reader says in place of the chart: one sentence. */
  label: string;
}

/**
 * A Plot chart in the site's type and colours, as one accessible picture: role `img`, one label, and no labels inside.
 * Give colours as `colors.…` (CSS variables), so that they follow light and dark.
 *
 * @example Figure({…, render: (width) => chart({width, label: "Value by decile", marks: [Plot.barY(data, {x, y})]})})
 */
export function chart({label, style, ...options}: ChartOptions): SVGSVGElement | HTMLElement {
  const plot = Plot.plot({
    ...options,
    figure: false,
    style: Object.assign({fontFamily: "inherit", fontSize: "12px", background: "none"}, style)
  } as Plot.PlotOptions) as SVGSVGElement | HTMLElement;
  const svg = plot instanceof SVGSVGElement ? plot : plot.querySelector("svg");
  svg?.setAttribute("role", "img");
  svg?.setAttribute("aria-label", label);
  for (const inner of svg?.querySelectorAll("[aria-label]") ?? []) {
    // The names are Plot's own ("bar", "x-axis tick label"), which are not allowed on a group without a role.
    inner.setAttribute("data-mark", inner.getAttribute("aria-label")!);
    inner.removeAttribute("aria-label");
  }
  return plot;
}

/** The site's colours, defined in `style.css` for light and dark. */
export const colors = {
  ink: "var(--ink)",
  muted: "var(--ink-muted)",
  faint: "var(--ink-faint)",
  rule: "var(--rule)",
  paper: "var(--paper)",
  accent: "var(--accent)",
  accentSoft: "var(--accent-soft)",
  good: "var(--good)",
  warn: "var(--warn)",
  bad: "var(--bad)",
  /** Text on a filled accent. */
  onAccent: "var(--on-accent)"
};

/** Colours for up to seven kinds, told apart with the common colour-blindnesses; `other` for the rest. */
export const series = [1, 2, 3, 4, 5, 6, 7].map((i) => `var(--series-${i})`);
export const other = "var(--series-other)";

/** An ordinal colour scale over these names, in the order given. */
export function colorScale(domain: readonly string[]): {domain: string[]; range: string[]} {
  return {domain: [...domain], range: domain.map((_, i) => series[i] ?? other)};
}

/** Labels with at least `gap` between them, each as near its value as that allows, from the lowest up; none above `top`. */
export function apart<T extends {value: number}>(
  labels: readonly T[],
  gap: number,
  top = Infinity
): (T & {at: number})[] {
  let below = -Infinity;
  const placed = [...labels]
    .sort((a, b) => a.value - b.value)
    .map((label) => {
      below = Math.max(label.value, below + gap);
      return {...label, at: below};
    });
  let above = top;
  for (const label of placed.toReversed()) {
    label.at = Math.min(label.at, above);
    above = label.at - gap;
  }
  return placed;
}
