import type {DestinationDefinition} from "../../lib/definitions/destination.js";
import {personalFields} from "../../lib/definitions/personal.js";
import {personColumns} from "../../lib/definitions/personScope.js";
import type {Workspace} from "../workspace.js";
import {destinationSql} from "./plan/people.js";

/** What everybody of a delivery may share: it points at nobody. */
const shared = new Set<string>(["audience", "audience_version", "campaign", "arm", "as_of"]);

/**
 * The fields of a destination that a dry run shows as they are: made of nothing but the delivery itself, deciles, value,
 * and attributes that their sources let be published.
 */
export function openFields({sources}: Pick<Workspace, "sources">, definition: DestinationDefinition): Set<string> {
  const personal = new Set(personalFields(sources));
  const closed = sources
    .flatMap(({attributes}) => Object.entries(attributes))
    .filter(([name, field]) => personal.has(name) || typeof field === "string" || field.publish === "none")
    .map(([name]) => name);
  const pointing = [...closed, "identities", "sending__person", ...personColumns.filter((name) => !shared.has(name))];
  const fields = destinationSql(definition).flatMap(({path, sql}) => {
    const name = /^fields\.(.+?)(?:\.from)?$/.exec(path)?.[1];
    return name === undefined ? [] : [{name, sql}];
  });
  return new Set(
    fields
      .filter(({sql}) => !pointing.some((name) => new RegExp(`(?<!\\w)${name}(?!\\w)`, "i").test(sql)))
      .map(({name}) => name)
  );
}

/** A value as a dry run shows it: enough to see what kind of thing it is, not whose. */
export function mask(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(mask);
  if (value instanceof Date) return `${value.getUTCFullYear()}…`;
  if (typeof value === "number" || typeof value === "bigint") return first(String(value));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]));
  }
  return value;
}

// The first letter of each part; an address keeps its form.
function maskText(text: string): string {
  const address = /^([^@\s]+)@([^@\s]+)$/.exec(text);
  if (address) return `${first(address[1]!)}@${first(address[2]!)}`;
  return text === "" ? text : first(text);
}

function first(text: string): string {
  return `${[...text][0]}…`;
}
