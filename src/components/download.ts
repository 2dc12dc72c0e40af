import type {Key} from "./key.js";

/** Saves a blob under a name, as if the reader had clicked a link to it. */
export function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export interface PictureText {
  /** Stands above the chart: title, finding. */
  head: readonly string[];
  keys: readonly Key[];
  /** Stands below: definition, as-of. */
  foot: readonly string[];
}

/** The chart as a stand-alone SVG document: colours and fonts that come from style sheets are written into it. */
export function svgBlob(svg: SVGSVGElement, text: PictureText): Blob {
  return new Blob([new XMLSerializer().serializeToString(standalone(svg, text))], {type: "image/svg+xml"});
}

/** The chart as a PNG at twice its size, on the page's background. */
export async function pngBlob(svg: SVGSVGElement, text: PictureText): Promise<Blob> {
  const copy = standalone(svg, text);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Number(copy.getAttribute("width")) * 2;
  canvas.height = Number(copy.getAttribute("height")) * 2;
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

const lineHeight = 17;
const margin = 12;

function standalone(svg: SVGSVGElement, {head, keys, foot}: PictureText): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const sources = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const targets = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  sources.forEach((source, i) => {
    const style = getComputedStyle(source);
    for (const property of properties) targets[i]!.style.setProperty(property, style.getPropertyValue(property));
  });
  const {x, y, width, height} = svg.viewBox.baseVal;
  const above = head.length * lineHeight + (keys.length > 0 ? lineHeight : 0) + margin;
  const below = foot.length * lineHeight + margin;
  const box = {x: x - margin, y: y - above, width: width + 2 * margin, height: height + above + below};
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height));
  copy.style.overflow = "visible";
  const page = getComputedStyle(document.documentElement);
  const font = {"font-size": 12, "font-family": getComputedStyle(svg).fontFamily, "text-anchor": "start"};
  const write = (text: string, left: number, baseline: number, more: Record<string, string | number> = {}) => {
    const node = element("text", {x: left, y: baseline, fill: page.color, ...font, ...more});
    node.textContent = text;
    copy.append(node);
    return left + text.length * 6.2;
  };
  copy.prepend(element("rect", {...box, fill: page.backgroundColor}));
  head.forEach((line, i) => write(line, x, box.y + (i + 1) * lineHeight, i === 0 ? {"font-weight": 600} : {}));
  keys.reduce((left, {label, color}) => {
    const baseline = box.y + (head.length + 1) * lineHeight;
    copy.append(element("rect", {x: left, y: baseline - 9, width: 10, height: 10, fill: resolve(svg, color)}));
    return write(label, left + 15, baseline) + 20;
  }, x);
  foot.forEach((line, i) => write(line, x, y + height + (i + 1) * lineHeight, {"fill-opacity": 0.7}));
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
