import type {Parameters} from "./bind.js";
import type {RuleContext} from "./dates.js";
import {both} from "./logic.js";
import type {AudienceCondition} from "./rule.js";
import {parseSpan, shiftInstant} from "./span.js";

/** The ledger of stays: `audience_id, entered_at, left_at` and the profile's key. */
export interface MembershipTable {
  /** As it stands in SQL: derived.audience_members. */
  table: string;
  key: string;
}

/**
 * Who meets conditions on other audiences, from the ledger: `_key`, and a column per condition that is true for those
 * that the condition, or of `never` its opposite, holds for. Stays count as they stood at as-of.
 */
export function membershipSql(
  conditions: AudienceCondition[],
  {table, key}: MembershipTable,
  context: RuleContext & {parameters: Parameters},
  only?: string
): string {
  const {parameters, asOf, timeZone} = context;
  const now = parameters.instant(asOf);
  const isOpen = `(left_at is null or left_at > ${now})`;
  const columns = conditions.map(({audience, membership = "now", within}, i) => {
    const of = `audience_id = ${parameters.bind(audience, "varchar")}`;
    const span = within === undefined ? undefined : parseSpan(within)!;
    const since = span && parameters.instant(shiftInstant(asOf, {...span, count: -span.count}, timeZone));
    const any = (...parts: string[]) => `bool_or(${both([of, ...parts])})`;
    switch (membership) {
      case "now":
        return `${any(isOpen, ...(since ? [`entered_at >= ${since}`] : []))} as _${i}`;
      case "left":
        return `(${any(`left_at <= ${now}`, ...(since ? [`left_at >= ${since}`] : []))} and not ${any(isOpen)}) as _${i}`;
      default:
        return `${since ? any(`(${isOpen} or left_at >= ${since})`) : any()} as _${i}`;
    }
  });
  const ids = [...new Set(conditions.map(({audience}) => audience))].map((id) => parameters.bind(id, "varchar"));
  const kept = both([
    `audience_id in (${ids.join(", ")})`,
    `entered_at <= ${now}`,
    ...(only ? [`${key} = ${only}`] : [])
  ]);
  return `select ${key} as _key, ${columns.join(",\n    ")}\n  from ${table}\n  where ${kept}\n  group by ${key}`;
}
