import {formatCount, formatPercent} from "../format.js";
import {Table} from "../Table.js";
import {profileFields, type FieldRow} from "./fields.js";
import {Spread} from "./Spread.js";

/** The attributes that rules may name: type, share filled, values and their spread. Needs no database. */
export function FieldOverview(rows: readonly FieldRow[]): HTMLElement {
  const fields = profileFields(rows).filter(({kind, published}) => kind === "attribute" && published !== false);
  return Table(
    fields.map((field) => ({...field, spread: "", common: field.top.slice(0, 3).map(({value}) => value).join(", ")})), // prettier-ignore
    {
      caption: "Attributes that rules may name",
      columns: {
        label: "Attribute",
        type: {label: "Type", format: (type: string) => (type === "string" ? "text" : type)},
        shareFilled: {label: "Filled", align: "right", format: (share: number) => formatPercent(share)},
        distinct: {label: "Values", align: "right", format: (n: number) => (n > 0 ? formatCount(n) : "–")},
        spread: {label: "Spread", format: (_: never, field) => Spread(field)},
        common: {label: "Commonest"}
      }
    }
  );
}
