import {html} from "htl";
import {isPathName} from "../../lib/pathName.js";
import {formatCount, formatDayIn, formatPercent, type UnitFormat} from "../format.js";
import {Table} from "../Table.js";
import type {Audience, AudienceDay} from "./audiences.js";
import {Sparkline} from "./Sparkline.js";
import {State} from "./State.js";
import {UsedBy} from "./UsedBy.js";

export interface AudienceListOptions {
  sizes: readonly AudienceDay[];
  unit: UnitFormat;
  /** What value is of: `Spend, 12 months`. */
  measure: string;
  timeZone: string;
}

/** Every saved audience: state, size and its past, change, worth, last run, and what uses it. */
export function AudienceList(
  audiences: readonly Audience[],
  {sizes, unit, measure, timeZone}: AudienceListOptions
): HTMLElement {
  return Table(audiences, {
    caption: "Saved audiences",
    name: "audiences",
    sort: {column: "profiles", descending: true},
    rowClass: ({state}) => (state === "published" ? undefined : "muted"),
    columns: {
      name: {
        label: "Audience",
        format: (name: string, {audience_id}) =>
          isPathName(audience_id) ? html`<a href=${`./audiences/${audience_id}.html`}>${name}</a>` : name
      },
      state: {label: "State", format: (state: string, {failure}) => State(state, failure)},
      profiles: {label: "Customers", format: (n: number) => formatCount(n)},
      audience_id: {
        label: "Over time",
        description: "how large it was at its evaluations",
        format: (id: string) => Sparkline(sizes.filter((day) => day.audience_id === id)) ?? "–"
      },
      change: {
        label: "Change",
        description: "since the evaluation before",
        format: (change: number | null) => (change === null ? "–" : signed(change))
      },
      share: {label: "Share", description: "of all customers", format: (share: number | null) => formatPercent(share)},
      value: {label: measure, format: (value: number) => unit.short(value)},
      evaluated_as_of: {
        label: "Last run",
        description: "the day that it describes",
        format: (at: Date | null) => (at ? formatDayIn(+at - 1, timeZone) : "never")
      },
      used_by: {label: "Used by", format: (_: string, audience) => UsedBy(audience)}
    }
  });
}

function signed(change: number): string {
  return change > 0 ? `+${formatCount(change)}` : formatCount(change);
}
