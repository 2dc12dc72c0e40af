import type {Measure} from "../../lib/rules/count.js";
import {fieldOf, catalogue} from "../../lib/rules/field.js";
import type {Rule} from "../../lib/rules/rule.js";
import {quoteName} from "../../lib/sql.js";
import type {Workspace} from "../workspace.js";
import {defaultMeasure, type WarehouseField} from "./fields.js";
import {profilesSql} from "./profilesSql.js";
import {usedFields} from "./usedFields.js";

/**
 * Everybody with what rules and a measure name, to be counted over once, in brackets for FROM: by the measure that
 * audiences are described by it is `derived.audience_base`, joined with what rules name beside it; its numbers are
 * told where it has any.
 */
export function countedProfiles(
  workspace: Workspace,
  rules: Rule[],
  {metric, lookback}: Measure,
  isNumbered: boolean
): {table: string; number?: string; fields: WarehouseField[]} {
  const subjects = {metric: {metric, lookback}, decile: {decile: metric, lookback}};
  const fields = usedFields(workspace, rules, Object.values(subjects));
  const usual = defaultMeasure(workspace);
  if (metric !== usual.metric || lookback !== usual.lookback) {
    return {table: `(${profilesSql(workspace, fields, {key: "profile_id", isOrdered: false})})`, fields};
  }
  const known = catalogue(fields);
  const named = usedFields(workspace, rules);
  const value = fieldOf(subjects.metric, known) as WarehouseField;
  const decile = fieldOf(subjects.decile, known) as WarehouseField;
  // In the base nothing is worth 0; a rule that names the metric may ask whether there is one.
  const beside = named.filter((field) => field.column !== decile.column);
  const columns = [
    "base.profile_id",
    ...(isNumbered ? ["base.profile_number"] : []),
    "base.category",
    `base.decile as ${quoteName(decile.column)}`,
    ...(beside.some(({column}) => column === value.column) ? [] : [`base.value as ${quoteName(value.column)}`]),
    ...beside.map(({column}) => `more.${quoteName(column)}`)
  ].join(", ");
  const more = `(${profilesSql(workspace, beside, {key: "profile_id", isOrdered: false})}) as more using (profile_id)`;
  return {
    table: `(select ${columns} from derived.audience_base as base${beside.length > 0 ? ` join ${more}` : ""})`,
    ...(isNumbered && {number: "profile_number"}),
    fields
  };
}
