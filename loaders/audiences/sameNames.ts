import {audienceDefinition} from "../../lib/definitions/audience.js";
import {checkDefinition, type Mistake} from "../../lib/definitions/check.js";
import type {Workspace} from "../workspace.js";

/** Audiences that are called as another one is: pages, which show names, could not tell them apart. */
export function sameNames({audiences}: Pick<Workspace, "audiences">): Mistake[] {
  const first = new Map<string, string>();
  return audiences.flatMap(({file, text}) => {
    const {value, mistake} = checkDefinition(file, text, audienceDefinition);
    if (value === undefined) return [];
    const name = value.name.trim().toLowerCase();
    const other = first.get(name);
    if (other === undefined) first.set(name, file);
    return other === undefined ? [] : [mistake(["name"], `${JSON.stringify(value.name)} is the name of ${other}, too`)];
  });
}
