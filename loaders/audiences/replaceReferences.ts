import {isScalar, parseDocument} from "yaml";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import type {Dependent} from "./dependents.js";
import {references} from "./references.js";

/** A definition's file and what it says. */
export interface DefinitionText {
  /** Relative to the workspace. */
  file: string;
  text: string;
}

/**
 * A dependent's file with another audience in every place that names one; everything else, comments too, stays as it was
 * written. Throws where a name does not stand in the file as such (an alias, a merged key).
 */
export function replaceReferences(
  {file, text}: DefinitionText,
  places: (string | number)[][],
  id: string,
  other: string
): DefinitionText {
  const document = parseDocument(text, {merge: true});
  const ranges = places.map((place) => {
    const node = document.getIn(place, true);
    if (!isScalar(node) || !node.range || node.value !== id) {
      throw new Error(`${file}: ${place.join(".")} does not say "${id}" there itself: replace it by hand`);
    }
    return node.range;
  });
  // Two places may share a node by an anchor; it is replaced once. From the end, so that what is before stays in place.
  const starts = new Map(ranges.map(([start, end]) => [start, end]));
  for (const [start, end] of [...starts].sort(([a], [b]) => b - a))
    text = text.slice(0, start) + other + text.slice(end);
  return {file, text};
}

/** The places in a dependent's file that name an audience. */
export function placesOf(
  {kind, id: dependent}: Dependent,
  {destinations}: Pick<Workspace, "destinations">,
  audiences: Audience[],
  id: string
): (string | number)[][] {
  if (kind === "campaign") return [["audience"]];
  if (kind === "destination") {
    const {deliveries} = destinations.find((one) => one.id === dependent)!;
    return deliveries.flatMap(({audience}, i) => (audience === id ? [["deliveries", i, "audience"]] : []));
  }
  const {definition} = audiences.find((one) => one.id === dependent)!;
  return references(definition)
    .filter(({audience}) => audience === id)
    .map(({path}) => [...path, "audience"]);
}
