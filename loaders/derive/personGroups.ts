import type {Database} from "../engine/database.js";
import {withDenseGroups} from "../engine/denseGroups.js";

/** Does work whose queries group events by `profile_number`, with so many aggregates: by places in an array. */
export async function withPersonGroups<T>(database: Database, aggregates: number, work: () => Promise<T>): Promise<T> {
  const greatest = await database.value<number | null>("select max(number) from landing.profile_numbers");
  return withDenseGroups(database, {greatest: greatest ?? undefined, aggregates}, work);
}
