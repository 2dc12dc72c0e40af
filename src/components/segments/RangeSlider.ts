import {html, svg} from "htl";
import type {DragCounts} from "../../lib/rules/drag.js";
import {gridIndex, gridOver, gridValue, type Grid} from "../../lib/rules/grid.js";
import type {Operator} from "../../lib/rules/operators.js";
import type {Operand} from "../../lib/rules/subject.js";
import type {ControlEvents} from "./controlEvents.js";
import type {ProfileField} from "./fields.js";
import {histogramBars} from "./Spread.js";

const barCount = 60;

/** One or two sliders under a histogram; the bars that the condition takes in are filled. */
export function RangeSlider(
  field: ProfileField,
  operator: Operator,
  operand: Operand,
  events: ControlEvents
): {element: HTMLElement; show(operand: Operand): void} {
  const grid = gridOver(field.quantiles);
  const isPair = operator === "between";
  let values = [operand].flat() as number[];
  const bars = svg`<svg class="histogram" viewBox="0 0 240 36" preserveAspectRatio="none" aria-hidden="true"></svg>`;
  const thumbs = values.map((value, i) => {
    const name = isPair ? (i === 0 ? "lowest" : "highest") : operator.replaceAll("_", " ");
    return html`<input
      type="range"
      min="0"
      max=${grid.steps}
      value=${gridIndex(grid, value)}
      aria-label=${`${field.label}: ${name}, slider`}
      aria-valuetext=${String(value)}
      onpointerdown=${grab}
      onfocus=${grab}
      oninput=${() => move(i)}
      onchange=${() => events.settle()}
    />` as HTMLInputElement;
  });
  let shares = histogramBars(field, barCount);

  function grab() {
    void events.grab({grid}).then((counts) => {
      if (counts) drawCounts(counts);
    });
  }

  function drawCounts(counts: DragCounts) {
    shares = barsOf(counts, grid);
    draw();
  }

  function move(i: number) {
    values = values.map((value, j) => (i === j ? gridValue(grid, Number(thumbs[i]!.value)) : value));
    if (isPair && values[0]! > values[1]!) values = i === 0 ? [values[1]!, values[1]!] : [values[0]!, values[0]!];
    if (isPair) thumbs[i]!.value = String(gridIndex(grid, values[i]!));
    thumbs[i]!.setAttribute("aria-valuetext", String(values[i]));
    draw();
    events.input(isPair ? values : values[0]!, true);
  }

  function draw() {
    const most = Math.max(...shares, 1e-9);
    const [from, to] = taken(operator, values, grid);
    bars.replaceChildren(
      ...shares.map((share, i) => {
        const middle = ((i + 0.5) / barCount) * grid.steps;
        const height = share > 0 ? Math.max(1, (34 * share) / most) : 0;
        const fill = middle >= from && middle <= to ? "var(--accent)" : "var(--accent-soft)";
        return svg`<rect x=${i * 4} y=${36 - height} width="3.4" height=${height} fill=${fill}></rect>`;
      })
    );
  }

  draw();
  return {
    element: html`<div class=${isPair ? "range range-pair" : "range"} onpointerenter=${grab}>${bars}${thumbs}</div>`,
    show(operand) {
      values = [operand].flat() as number[];
      thumbs.forEach((thumb, i) => (thumb.value = String(gridIndex(grid, values[i]!))));
      draw();
    }
  };
}

/** The span of the grid that a comparison takes in, in steps. */
function taken(operator: Operator, values: number[], grid: Grid): [number, number] {
  const [a, b] = values.map((value) => gridIndex(grid, value));
  if (operator === "between") return [a!, b!];
  return operator === "at_least" || operator === "more_than" ? [a!, Infinity] : [-Infinity, a!];
}

function barsOf({histogram}: DragCounts, {steps}: Grid): number[] {
  const bars = new Array<number>(barCount).fill(0);
  for (let bin = 0; bin < 2 * steps + 3; ++bin) {
    bars[Math.min(barCount - 1, Math.max(0, Math.floor((((bin - 1) / 2) * barCount) / steps)))]! += histogram[bin]!;
  }
  return bars;
}
