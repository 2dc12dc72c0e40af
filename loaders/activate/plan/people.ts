import type {DestinationDefinition} from "../../../lib/definitions/destination.js";
import {keyFields} from "../../../lib/definitions/destination.js";
import {formatLookback, parseLookback} from "../../../lib/definitions/lookback.js";
import {decileName, personColumns, personScope} from "../../../lib/definitions/personScope.js";
import {quoteInstant, quoteName, quoteText, quoteColumn} from "../../../lib/sql.js";
import {formatIdSql} from "../../../lib/surrogate.js";
import type {Database} from "../../engine/database.js";
import type {Named, Workspace} from "../../workspace.js";
import {NotSentError} from "../notSent.js";
import {plannedSendId} from "./members.js";

/** What every row of a delivery knows of the delivery. */
export interface DeliveryFacts {
  audience: string;
  version: number | null;
  campaign?: string;
  asOf: Date;
}

/** What `personSql` calls what is no field of anybody: names that no attribute has. */
export const [personRow, personIsHere] = ["sending__person", "sending__is_here"] as const;

/**
 * SQL of all that a destination's expressions may name, for the people of a relation with `profile_id, entered_at, arm,
 * given_send_id`: who is gone, too. Only what some expression names is looked up. A person's own row stands beside as the
 * struct `personRow`, whether they are still there as `personIsHere`.
 */
export function personSql(
  workspace: Workspace,
  expressions: string[],
  people: string,
  {audience, version, campaign, asOf}: DeliveryFacts
): string {
  const text = expressions.join("\n");
  const used = (struct: string, names: string[]) =>
    names.filter((name) => new RegExp(`\\b${struct}\\.${name}\\b`, "i").test(text));
  const scope = personScope(workspace, workspace.sources.map((source) => ({...source, id: source.rule}))); // prettier-ignore
  const own = new Set<string>(personColumns);
  const attributes = scope.plain.filter((name) => !own.has(name));
  const joins: string[] = [];
  const columns = [
    `people as ${personRow}`,
    `profiles.profile_id is not null as ${personIsHere}`,
    `${formatIdSql("people.profile_id")} as id`,
    "people.entered_at",
    "people.arm",
    `${plannedSendId("people")} as send_id`,
    "profiles.first_event_at",
    "profiles.last_event_at",
    `${quoteText(audience)} as audience`,
    `${version ?? "null"}::integer as audience_version`,
    `${campaign === undefined ? "null" : quoteText(campaign)}::varchar as campaign`,
    `${quoteInstant(asOf)} as as_of`,
    ...attributes.map((name) => `profiles.${quoteName(name)}`)
  ];
  const namespaces = used("identities", scope.structs.identities);
  if (namespaces.length > 0) {
    const members = namespaces.map((name) => `${quoteName(name)} := arg_max(value, (last_seen, value)) filter (where namespace = ${quoteText(name)})`); // prettier-ignore
    joins.push(
      `left join (select profile_id, struct_pack(${members.join(", ")}) as identities from core.identities group by profile_id) using (profile_id)`
    );
    columns.push("identities");
  }
  const ranked = rankings(workspace).filter(({name}) => used("deciles", [name]).length > 0);
  ranked.forEach(({metric, lookback}, i) =>
    joins.push(
      `left join (select profile_id, bucket as bucket_${i} from derived.deciles
         where category = '*' and metric = ${quoteText(metric)} and lookback = ${quoteText(lookback)}) using (profile_id)`
    )
  );
  if (ranked.length > 0) columns.push(`struct_pack(${ranked.map(({name}, i) => `${quoteName(name)} := bucket_${i}`).join(", ")}) as deciles`); // prettier-ignore
  const values = used("value", scope.structs.value);
  if (values.length > 0) {
    const members = values.map((name) => `${quoteName(name)} := ${quoteName(name)}`);
    joins.push(`left join (select profile_id, struct_pack(${members.join(", ")}) as value from derived.lifetime_value) using (profile_id)`); // prettier-ignore
    columns.push("value");
  }
  return `select ${columns.join(", ")} from ${people} as people left join core.profiles as profiles using (profile_id) ${joins.join(" ")}`;
}

/** A destination's own SQL, each with its place in the definition. */
export function destinationSql(definition: DestinationDefinition): {path: string; sql: string}[] {
  return [
    ...Object.entries(definition.fields).map(([name, field]) =>
      typeof field === "string" ? {path: `fields.${name}`, sql: field} : {path: `fields.${name}.from`, sql: field.from}
    ),
    ...(["consent", "keep"] as const).flatMap((path) => (definition[path] ? [{path, sql: definition[path]}] : []))
  ];
}

/** SQL of the struct of what a destination's fields say, in their order. */
export function saidSql(definition: DestinationDefinition): string {
  const members = Object.entries(definition.fields).map(
    ([name, field]) => `${fieldName(name)} := (${typeof field === "string" ? field : field.from})`
  );
  return `struct_pack(${members.join(", ")})`;
}

/** SQL of the fields as they leave, from the struct `said`. Addresses are compared, and sent, in lower case. */
export function fieldsSql(definition: DestinationDefinition): string {
  const key = keyFields(definition);
  const members = Object.keys(definition.fields).map((name) => {
    const said = `said.${fieldName(name)}`;
    return `${fieldName(name)} := ${isAddress(name, key) ? `nullif(lower(${trimSql(said)}), '')` : said}`;
  });
  return `struct_pack(${members.join(", ")})`;
}

/** SQL of a field's text; null where it says nothing. */
export function givenSql(definition: DestinationDefinition, name: string): string {
  const field = `fields.${fieldName(name)}`;
  return isAddress(name, keyFields(definition)) ? field : `nullif(${trimSql(field)}, '')`;
}

// As `trim`, which asks of each character of each text what it is: hardly any text begins or ends in a space.
function trimSql(value: string): string {
  const text = `${value}::varchar`;
  return `case when starts_with(${text}, ' ') or ends_with(${text}, ' ') or strlen(${text}) > length(${text}) then trim(${text}) else ${text} end`;
}

function isAddress(name: string, key: string[]): boolean {
  return name === "email" && key.includes(name);
}

/** SQL of what names a person at the destination: its key field, or a JSON list of them; null where one is missing. */
export function keySql(definition: DestinationDefinition): string {
  const parts = keyFields(definition).map((name) => givenSql(definition, name));
  if (parts.length === 1) return parts[0]!;
  return `case when ${parts.map((part) => `${part} is not null`).join(" and ")} then to_json([${parts.join(", ")}])::varchar end`;
}

/** SQL of the same field in a key that was made before. */
export function keyPartSql(definition: DestinationDefinition, name: string, key: string): string | undefined {
  const names = keyFields(definition);
  const place = names.indexOf(name);
  if (place < 0) return undefined;
  return names.length === 1 ? key : `json_extract_string(${key}, '$[${place}]')`;
}

/**
 * SQL of a number that tells whether what a person's row says has changed. Two rows of one key are compared, so what is
 * in the key need not be hashed; and a sending's name is new each time without a campaign, though nobody has changed.
 */
export function contentHashSql(definition: DestinationDefinition): string {
  const key = keyFields(definition);
  const told = Object.entries(definition.fields).filter(
    ([name, field]) => !key.includes(name) && !/\bsend_id\b/i.test(typeof field === "string" ? field : field.from)
  );
  const members = told.map(([name]) => `${fieldName(name)} := fields.${fieldName(name)}`);
  // The half of the hash that `md5_number_lower` gives, which takes twice as long.
  return members.length === 0 ? "0::ubigint" : `(md5_number(to_json(struct_pack(${members.join(", ")}))::varchar) >> 64)::ubigint`; // prettier-ignore
}

/** A field's name as SQL writes it; dots in it are its own. */
export function fieldName(name: string): string {
  return quoteColumn(name);
}

/** Says which of a destination's expressions the engine does not take. */
export async function explainFailure(
  database: Database,
  definition: DestinationDefinition & Named,
  person: string,
  error: Error
): Promise<Error> {
  for (const {path, sql} of destinationSql(definition)) {
    const wrong = await database.run(`explain select (${sql}) from (${person})`).then(() => undefined, (e: Error) => e); // prettier-ignore
    if (wrong)
      return new NotSentError(`${definition.file}: ${path}: ${wrong.message.split("\n")[0]}`, "bad_definition");
  }
  return error;
}

function rankings(workspace: Workspace): {name: string; metric: string; lookback: string}[] {
  return Object.entries(workspace.metrics).flatMap(([metric, {lookbacks}]) =>
    (lookbacks ?? workspace.lookbacks).map((lookback) => ({
      name: decileName(metric, lookback),
      metric,
      lookback: formatLookback(parseLookback(lookback)!)
    }))
  );
}
