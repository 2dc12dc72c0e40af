import type {Mistake} from "./check.js";
import {keyFields, type DestinationDefinition, type DestinationOf} from "./destination.js";
import {show, unknownName} from "./explain.js";
import type {Definitions, Located} from "./located.js";
import {personScope, type PersonScope} from "./personScope.js";
import type {Path} from "./schema.js";
import {isLoopback} from "./secret.js";
import {placeholders} from "../mail/template.js";
import {plainName} from "./vocabulary.js";

type Report = (path: Path, message: string) => void;

/** What a destination must agree on with itself, and with the workspace's attributes, metrics and campaigns. */
export function crossDestination(
  {value, mistake}: Located<DestinationDefinition>,
  {workspace, sources, campaigns}: Definitions,
  audiences: Set<string>
): Mistake[] {
  const mistakes: Mistake[] = [];
  const report: Report = (path, message) => void mistakes.push(mistake(path, message));
  const scope = personScope(workspace.value, sources.map((source) => source.value)); // prettier-ignore
  const names = (path: Path, sql: string) => checkNames(scope, sources.length > 0, path, sql, report);
  for (const [name, field] of Object.entries(value.fields)) {
    if (typeof field === "string") names(["fields", name], field);
    else names(["fields", name, "from"], field.from);
  }
  if (value.keep !== undefined) names(["keep"], value.keep);
  if (value.consent !== undefined) names(["consent"], value.consent);
  const fields = Object.keys(value.fields);
  value.key?.forEach((name, i) => {
    if (!fields.includes(name)) report(["key", i], unknownName("field", name, fields));
  });
  crossKind(value, fields, report);
  const known = campaigns.map(({id}) => id);
  for (const [i, {audience, campaign}] of value.deliveries.entries()) {
    const at = ["deliveries", i];
    if (!audiences.has(audience)) {
      report([...at, "audience"], unknownName("audience", audience, audiences));
    }
    if (campaign !== undefined && !known.includes(campaign)) {
      report([...at, "campaign"], unknownName("campaign", campaign, known));
    }
    if (value.kind === "smtp" && campaign === undefined) report([...at, "campaign"], "missing: a mail belongs to one");
  }
  return mistakes;
}

// Only a plain name, or a member of one of the scope's structs, can be judged without the engine.
function checkNames(scope: PersonScope, isKnown: boolean, path: Path, sql: string, report: Report): void {
  if (!isKnown) return;
  const name = plainName(sql);
  if (name !== undefined && !scope.plain.includes(name)) report(path, unknownName("field", name, scope.plain));
  const member = /^\s*(identities|deciles|value)\.([a-z_][a-z0-9_]*)\s*$/i.exec(sql);
  if (!member) return;
  const struct = member[1]!.toLowerCase() as keyof PersonScope["structs"];
  const members = scope.structs[struct];
  if (!members.includes(member[2]!.toLowerCase())) {
    report(path, unknownName(`field of ${struct}`, member[2]!, members));
  }
}

function crossKind(value: DestinationDefinition, fields: string[], report: Report): void {
  switch (value.kind) {
    case "folder":
    case "s3":
      return;
    case "sftp":
      if (value.password_env === undefined && value.private_key_env === undefined) {
        report(["password_env"], "missing: expected password_env or private_key_env");
      }
      if (value.passphrase_env !== undefined && value.private_key_env === undefined) {
        report(["passphrase_env"], "of private_key_env, which is missing");
      }
      return;
    case "webhook":
      return;
    default:
      crossMail(value, fields, report);
  }
}

function crossMail(
  value: Exclude<DestinationDefinition, DestinationOf<"folder" | "s3" | "sftp" | "webhook">>,
  fields: string[],
  report: Report
): void {
  // prettier-ignore
  if (!fields.includes("email")) report(["fields", "email"], `missing: ${value.kind} knows people by their address`);
  const key = keyFields(value);
  if (key.length !== 1 || key[0] !== "email") report(["key"], `expected [email], not ${show(key)}`);
  if (value.kind === "smtp") crossSmtp(value, fields, report);
  if (value.kind === "eloqua") crossEloqua(value, fields, report);
}

function crossSmtp(value: DestinationOf<"smtp">, fields: string[], report: Report): void {
  const templated = [...fields, "send_id"];
  const check = (path: Path, template: string) => {
    for (const name of placeholders(template)) {
      if (!templated.includes(name)) report(path, unknownName("field", name, templated));
    }
  };
  check(["subject"], value.subject);
  if (typeof value.text === "string") check(["text"], value.text);
  if (typeof value.html === "string") check(["html"], value.html);
  if (value.unsubscribe.url !== undefined) check(["unsubscribe", "url"], value.unsubscribe.url);
  if (value.text === undefined && value.html === undefined) report(["text"], "missing: expected text, html or both");
  if (value.tls === "none" && !isLoopback(value.host)) {
    report(["tls"], `expected required or implicit: ${show(value.host)} is another machine`);
  }
  if ((value.user === undefined) !== (value.password_env === undefined)) {
    report([value.user === undefined ? "user" : "password_env"], "missing: user and password_env belong together");
  }
}

function crossEloqua(value: DestinationOf<"eloqua">, fields: string[], report: Report): void {
  if (fields.length > 100) report(["fields"], `expected at most 100 fields, Eloqua's limit, not ${fields.length}`);
  if ((value.client_id_env === undefined) !== (value.client_secret_env === undefined)) {
    const missing = value.client_id_env === undefined ? "client_id_env" : "client_secret_env";
    report([missing], "missing: client_id_env and client_secret_env belong together");
  }
}
