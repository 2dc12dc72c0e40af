import {formatId, parseId} from "../../lib/surrogate.js";
import type {Database} from "../engine/database.js";

/**
 * Finds a profile by its surrogate id, or by the value of one of its identities (`value` or `namespace:value`), in
 * any case. Throws where nobody, or more than one, is meant.
 */
export async function findPerson(database: Database, given: string): Promise<bigint> {
  const surrogate = parseId(given);
  if (surrogate !== undefined) {
    const known = await database.value("select 1 from core.profiles where profile_id = $id", {id: surrogate});
    if (known) return surrogate;
  }
  const text = given.trim();
  const [, namespace, value] = /^([a-z][a-z0-9_]*):(.+)$/.exec(text) ?? [];
  const found = await database.rows<{profile_id: bigint | number; namespace: string}>(
    `select distinct profile_id, namespace from core.identities
     where lower(value) = lower($text) or (namespace = $namespace and lower(value) = lower($value))`,
    {text, namespace: namespace ?? "", value: value ?? ""}
  );
  const people = [...new Set(found.map(({profile_id}) => BigInt(profile_id)))];
  if (people.length === 1) return people[0]!;
  if (people.length === 0) throw new Error(`nobody has the id ${JSON.stringify(given)}`);
  const list = found.map((one) => `${one.namespace} of ${formatId(BigInt(one.profile_id))}`).join(", ");
  throw new Error(`${JSON.stringify(given)} names ${people.length} people: ${list}`);
}
