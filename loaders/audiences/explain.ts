import {Parameters} from "../../lib/rules/bind.js";
import {compileRule} from "../../lib/rules/compile.js";
import {describeRule} from "../../lib/rules/describe.js";
import {compilePlan, type PlanOptions} from "../../lib/rules/plan.js";
import {childrenOf, containerKind, type Rule} from "../../lib/rules/rule.js";
import type {Database} from "../engine/database.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {failedAudiences} from "./failures.js";
import {savedAudience} from "./lifecycle.js";
import type {Pass} from "./pass.js";
import {findPerson} from "./person.js";
import {evaluatedAsOf} from "./preview.js";
import {profilesSql} from "./profilesSql.js";
import {judgeAudiences, soundAudiences} from "./readAudiences.js";
import {rulesOf, usedFields} from "./usedFields.js";
import {planOptions} from "./widen.js";

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
  const {id, definition} = savedAudience(judgeAudiences(workspace).audiences, audience);
  const all = soundAudiences(workspace, id, await failedAudiences(database));
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
  const nodes = definition.rule ? await explainRule({database, workspace, asOf}, definition.rule, all, profileId) : [];
  return {audience: id, profileId, asOf, isMember: member !== undefined, arm: member?.arm ?? null, nodes, stays};
}

async function explainRule(pass: Pass, rule: Rule, all: Audience[], profileId: bigint): Promise<Explanation["nodes"]> {
  const {database, workspace} = pass;
  const nodes: {rule: Rule; depth: number}[] = [];
  const visit = (node: Rule, depth: number): void => {
    nodes.push({rule: node, depth});
    for (const child of childrenOf(node)) visit(child, depth + 1);
  };
  visit(rule, 0);
  const fields = usedFields(workspace, [rule, ...all.flatMap(rulesOf)]);
  const profiles = `(${profilesSql(workspace, fields, {key: "profile_id", only: profileId})})`;
  const options: PlanOptions = {
    ...(await planOptions(pass, all, fields)),
    profiles: {table: profiles, key: "profile_id"},
    memberships: {table: "derived.audience_members", key: "profile_id"},
    only: {key: String(profileId), type: "ubigint"}
  };
  const plan = compilePlan([rule], options);
  const parameters = new Parameters();
  const tables = plan.with(parameters);
  let {values} = parameters;
  const columns = nodes.map(({rule: node}, i) => {
    const compiled = compileRule(node, {...plan.options, parameters: values});
    values = compiled.parameters;
    return `coalesce(${compiled.sql}, false) as holds_${i}, ${plan.target(node)?.sql ?? "null"} as value_${i}`;
  });
  const row = await database.row(`${tables}select ${columns.join(", ")} from ${plan.from()}`, [...values]);
  return nodes.map(({rule: node, depth}, i) => ({
    depth,
    words: describeRule(node, {fields: options.fields, currency: workspace.currency}),
    holds: row?.[`holds_${i}`] === true,
    ...(!containerKind(node) && plan.target(node) && {value: row?.[`value_${i}`] ?? null})
  }));
}
