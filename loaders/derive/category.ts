import {quoteName, quoteText} from "../../lib/sql.js";
import type {Workspace} from "../workspace.js";

/** SQL of an event's category, with what it needs beside the event; undefined where the category is the person's. */
export function eventCategory({category}: Workspace): {category: string; joins?: string} | undefined {
  if (category?.property) return {category: `events.properties.${quoteName(category.property)}`};
  if (category?.at !== "event") return undefined;
  const stays = categoryStays(category.attribute!);
  const joins = `asof left join ${stays} on stays.person = events.profile_id and stays.valid_from <= events.event_time`;
  return {category: "stays.category_value", joins};
}

/** SQL of the stays of the attribute that people are grouped by: `person, category_value, valid_from, valid_to`. */
export function categoryStays(attribute: string): string {
  return `(
    select profile_id as person, value as category_value, valid_from, valid_to
    from core.attributes where attribute = ${quoteText(attribute)}
  ) as stays`;
}

/** SQL of every category that a decile may stand under (`category`), in the order of text. */
export function categoryValuesSql({category}: Workspace): string {
  const fixed = "select unnest(['*', '(none)', '(*)']) as category";
  const values = category?.property
    ? `select distinct events.properties.${quoteName(category.property)}::varchar from core.events as events`
    : category
      ? `select distinct category_value from ${categoryStays(category.attribute!)}`
      : "select null::varchar";
  return `select distinct category from (${fixed} union all (${values})) where category is not null order by category`;
}
