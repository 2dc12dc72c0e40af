import type {TopDefinition} from "../../lib/definitions/audience.js";
import {describeRule} from "../../lib/rules/describe.js";
import type {Catalogue} from "../../lib/rules/field.js";
import type {Workspace} from "../workspace.js";
import type {Audience} from "./audience.js";
import {rankSubject} from "./rank.js";
import {ruleCatalogue} from "./ruleCatalogue.js";

/** An audience read aloud: who is meant, and which of them. */
export function describeAudience(workspace: Workspace, definition: Audience["definition"]): string {
  const fields = ruleCatalogue(workspace);
  const {top} = definition;
  const who = subject(workspace, definition, fields);
  if (!top) return who;
  const {label, lookback} = fields.find(rankSubject(top)) ?? unknownRank(top);
  const by = `${label}${lookback ? ` over ${lookback === "lifetime" ? "their lifetime" : lookback}` : ""}`;
  return `${who} Of these the ${top.n.toLocaleString("en-US")} with the ${top.order} ${by}.`;
}

function subject({currency}: Workspace, {rule, file, model}: Audience["definition"], fields: Catalogue): string {
  if (rule) return describeRule(rule, {fields, currency});
  if (file) return `Customers whose ids stand in ${file.path}.`;
  return `Customers in the table ${model}.`;
}

/** What can be said of a field that is not known (any more). */
function unknownRank({by}: TopDefinition): {label: string; lookback?: string} {
  return {label: Object.values(by)[0]!, ...("lookback" in by && {lookback: by.lookback})};
}
