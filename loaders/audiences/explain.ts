import {compileRule} from "../../lib/rules/compile.js";
import {describeRule} from "../../lib/rules/describe.js";
import {catalogue, fieldOf} from "../../lib/rules/field.js";
import {childrenOf, containerKind, type Condition, type Rule, type Scalar} from "../../lib/rules/rule.js";
import {quoteName, type Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import {savedAudience} from "./lifecycle.js";
import {findPerson} from "./person.js";
import {evaluatedAsOf} from "./preview.js";
import {profilesSql} from "./profilesSql.js";
import {readAudiences} from "./readAudiences.js";
import {usedFields} from "./usedFields.js";

/** Why somebody is in an audience, or is not. */
export interface Explanation {
  audience: string;
  profileId: bigint;
  asOf: Date;
  isMember: boolean;
  arm: string | null;
  /** The rule's nodes from the root down, and whether each holds for them. */
  nodes: {depth: number; words: string; holds: boolean; value?: unknown}[];
  stays: {
    arm: string | null;
    entered_at: Date;
    reason: string;
    left_at: Date | null;
    left_reason: string | null;
    version: number;
  }[];
}

/** Explains a saved audience for one person, given by surrogate id or identity. Throws where either is unknown. */
export async function explainProfile(
  database: Database,
  workspace: Workspace,
  audience: string,
  person: string
): Promise<Explanation> {
  const {id, definition} = savedAudience(readAudiences(workspace), audience);
  const profileId = await findPerson(database, person);
  const asOf = await evaluatedAsOf(database);
  const member = await database.row<{arm: string | null}>(
    "select arm from derived.audience_now where audience_id = $id and profile_id = $profileId",
    {id, profileId}
  );
  const stays = await database.rows<Explanation["stays"][number]>(
    `select arm, entered_at, reason, left_at, left_reason, version from derived.audience_members
     where audience_id = $id and profile_id = $profileId order by entered_at`,
    {id, profileId}
  );
  const nodes = definition.rule ? await explainRule(database, workspace, definition.rule, {asOf, profileId}) : [];
  return {audience: id, profileId, asOf, isMember: member !== undefined, arm: member?.arm ?? null, nodes, stays};
}

async function explainRule(
  database: Database,
  workspace: Workspace,
  rule: Rule,
  {asOf, profileId}: {asOf: Date; profileId: bigint}
): Promise<Explanation["nodes"]> {
  const fields = usedFields(workspace, [rule]);
  const known = catalogue(fields);
  const nodes: {rule: Rule; depth: number}[] = [];
  const visit = (node: Rule, depth: number): void => {
    nodes.push({rule: node, depth});
    for (const child of childrenOf(node)) visit(child, depth + 1);
  };
  visit(rule, 0);
  let parameters: Scalar[] = [];
  const columns = nodes.map(({rule: node}, i) => {
    const compiled = compileRule(node, {fields: known, asOf, timeZone: workspace.time_zone, parameters});
    parameters = compiled.parameters;
    const value = containerKind(node) ? "null" : quoteName(fieldOf(node as Condition, known).column);
    return `coalesce(${compiled.sql}, false) as holds_${i}, ${value} as value_${i}`;
  });
  const row = await database.row(
    `select ${columns.join(", ")} from (${profilesSql(workspace, fields, {key: "profile_id"})})
     where profile_id = $${parameters.length + 1}::ubigint`,
    [...parameters, profileId]
  );
  return nodes.map(({rule: node, depth}, i) => ({
    depth,
    words: describeRule(node, {fields: known, currency: workspace.currency}),
    holds: row?.[`holds_${i}`] === true,
    ...(!containerKind(node) && {value: row?.[`value_${i}`] ?? null})
  }));
}
