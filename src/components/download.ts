import type {Key} from "./Figure.js";

/** Saves a blob under a name, as if the reader had clicked a link to it. */
export function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The chart as a stand-alone SVG document: colours and fonts that come from style sheets are written into it. */
export function svgBlob(svg: SVGSVGElement, caption: readonly string[] = [], keys: readonly Key[] = []): Blob {
  return new Blob([new XMLSerializer().serializeToString(standalone(svg, caption, keys))], {type: "image/svg+xml"});
}

/** The chart as a PNG at twice its size, on the page's background. */
export async function pngBlob(
  svg: SVGSVGElement,
  caption: readonly string[] = [],
  keys: readonly Key[] = []
): Promise<Blob> {
  const copy = standalone(svg, caption, keys);
  const {width, height} = {width: Number(copy.getAttribute("width")), height: Number(copy.getAttribute("height"))};
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("cannot draw the chart as PNG"))), "image/png")
  );
}

const properties = [
  "fill",
  "stroke",
  "color",
  "opacity",
  "fill-opacity",
  "stroke-opacity",
  "stroke-width",
  "font-family",
  "font-size",
  "font-weight",
  "font-variant-numeric",
  "text-anchor",
  "paint-order",
  "visibility",
  "display"
];

function standalone(svg: SVGSVGElement, caption: readonly string[], keys: readonly Key[]): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const sources = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const targets = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  sources.forEach((source, i) => {
    const style = getComputedStyle(source);
    for (const property of properties) targets[i]!.style.setProperty(property, style.getPropertyValue(property));
  });
  const box = svg.viewBox.baseVal;
  const lines = [...keys, ...caption.map((label) => ({label, color: undefined}))];
  const foot = lines.length * 16 + (lines.length > 0 ? 12 : 0);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height + foot}`);
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height + foot));
  const paper = getComputedStyle(document.documentElement);
  const ground = element("rect", {x: box.x, y: box.y, width: "100%", height: "100%", fill: paper.backgroundColor});
  copy.prepend(ground);
  lines.forEach(({label, color}, i) => {
    const y = box.y + box.height + 18 + i * 16;
    if (color) copy.append(element("rect", {x: box.x + 4, y: y - 9, width: 10, height: 10, fill: resolve(svg, color)}));
    const type = {"font-size": 11, "font-family": getComputedStyle(svg).fontFamily};
    const text = element("text", {x: box.x + (color ? 20 : 4), y, fill: paper.color, ...type});
    text.textContent = label;
    copy.append(text);
  });
  return copy;
}

/** What a colour of the style sheet is at present: `var(--accent)` as `rgb(…)`. */
function resolve(svg: SVGSVGElement, color: string): string {
  const probe = element("rect", {fill: color});
  svg.append(probe);
  const resolved = getComputedStyle(probe).fill;
  probe.remove();
  return resolved;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
