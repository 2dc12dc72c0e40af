import {html} from "htl";
import {formatDayIn, type UnitFormat} from "../format.js";
import {Table} from "../Table.js";
import {reasonInWords, type Example} from "./audiences.js";

/** Some members of an audience by surrogate, since when and why they are in, each a link to what is known of them. */
export function Members(
  rows: readonly Example[],
  {name, unit, measure, timeZone}: {name: string; unit: UnitFormat; measure: string; timeZone: string}
): HTMLElement {
  const hasCategories = rows.some(({category}) => category !== null && category !== "(none)");
  const hasArms = rows.some(({arm}) => arm !== null);
  return Table(rows, {
    caption: "Members",
    name: `${name}-members`,
    pageSize: 20,
    empty: "No members are published: it has none, or this site publishes aggregates only.",
    columns: {
      profile_id: {
        label: "Customer",
        format: (id: string) => html`<a href=${`../deciles.html?customer=${id}`}><code>${id}</code></a>`
      },
      ...(hasCategories && {category: {label: "Category", format: (category: string | null) => category ?? "–"}}),
      decile: {label: "Decile", format: (decile: number | null) => (decile === null ? "inactive" : String(decile))},
      value: {label: measure, format: (value: number | null) => unit.full(value)},
      ...(hasArms && {arm: {label: "Arm", format: (arm: string | null) => arm ?? "–"}}),
      entered_at: {label: "Since", format: (at: Date) => formatDayIn(+at - 1, timeZone)},
      reason: {label: "Why", format: reasonInWords}
    }
  });
}
