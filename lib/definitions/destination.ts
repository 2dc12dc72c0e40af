import {z} from "zod";
import {slug, sqlExpression} from "./fields.js";
import {fileFormat} from "./fileFormat.js";
import {message} from "./mailMessage.js";
import {httpsUrl, secretEnv} from "./secret.js";

/** A field of the rows that leave: SQL over the person, or that with whether a person without it stays behind. */
const destinationField = z.union([
  sqlExpression,
  z.strictObject({
    from: sqlExpression,
    required: z.boolean().default(false).describe("people without it are not sent, and counted")
  })
]);

const limits = {
  rate: z
    .strictObject({requests: z.int().min(1), per_seconds: z.number().positive().default(1)})
    .optional()
    .describe("requests (or mails) allowed; default: what the provider documents"),
  concurrency: z.int().min(1).max(100).optional().describe("requests under way at once"),
  timeout_seconds: z.number().positive().max(3600).default(30),
  retries: z.int().min(0).max(20).default(8).describe("tries after the first, with growing pauses")
};

const common = {
  name: z.string().min(1).describe("what pages call it"),
  description: z.string().optional(),
  fields: z
    .record(z.string().min(1).max(250), destinationField)
    .refine((fields) => Object.keys(fields).length > 0, "at least one field")
    .describe("what leaves, in this order: the destination's name of a field, and where it comes from"),
  key: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("fields that name a person at the destination, sent once each; default: email, else id, else the first"),
  keep: sqlExpression
    .optional()
    .describe("of several people with one key, the one with the greatest value of this; default: who entered last"),
  consent: sqlExpression.optional().describe("SQL condition over the person that holds for everybody sent"),
  suppress: z
    .array(z.enum(["unsubscribed", "bounced", "complained"]))
    .default(["unsubscribed", "bounced", "complained"])
    .describe("people whose mails came back so are not sent"),
  frequency_cap: z
    .strictObject({sends: z.int().min(1), within_days: z.int().min(1).max(3650)})
    .optional()
    .describe("at most so many campaign sends to a person in so many days, whatever destination they went by"),
  quiet_days: z
    .array(
      z.union([z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]), z.iso.date()])
    )
    .default([])
    .describe("days, in the workspace's zone, on which nothing is sent"),
  mode: z
    .enum(["incremental", "full"])
    .default("incremental")
    .describe("what changed since what was sent, or everybody each time"),
  updates: z.boolean().default(false).describe("send a person again when a field of theirs has changed"),
  deliveries: z
    .array(
      z.strictObject({
        audience: slug,
        campaign: slug.optional(),
        schedule: z.string().min(1).describe("cron, in the workspace's zone"),
        until: z.iso.date().optional().describe("the last day on which it runs"),
        catch_up: z.enum(["once", "skip"]).default("once").describe("after missed runs: one at once, or none")
      })
    )
    .default([])
    .describe("what `refresh` sends by itself, and when")
};

const files = {files: fileFormat.prefault({})};

const folder = z.strictObject({
  kind: z.literal("folder"),
  ...common,
  ...files,
  path: z.string().min(1).describe("a folder, relative to the workspace")
});

const sftp = z.strictObject({
  kind: z.literal("sftp"),
  ...common,
  ...files,
  ...limits,
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1),
  path: z.string().min(1).default(".").describe("the folder on the server"),
  host_key: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, "a host key's fingerprint such as SHA256:… (ssh-keygen -lf)"),
  password_env: secretEnv.optional(),
  private_key_env: secretEnv.optional().describe("the key itself, in PEM or OpenSSH form"),
  passphrase_env: secretEnv.optional()
});

const s3 = z.strictObject({
  kind: z.literal("s3"),
  ...common,
  ...files,
  ...limits,
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name such as acme-exports"),
  prefix: z.string().default("").describe("put before each file's name"),
  region: z.string().min(1).default("us-east-1"),
  endpoint: httpsUrl.optional().describe("of other providers; default: Amazon's"),
  path_style: z.boolean().default(false).describe("the bucket in the path rather than in the host's name"),
  access_key_env: secretEnv,
  secret_key_env: secretEnv,
  session_token_env: secretEnv.optional()
});

const smtp = z.strictObject({
  kind: z.literal("smtp"),
  ...common,
  ...limits,
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  tls: z
    .enum(["required", "implicit", "none"])
    .default("required")
    .describe("required: STARTTLS; implicit: from the first byte (port 465); none: loopback only"),
  user: z.string().min(1).optional(),
  password_env: secretEnv.optional(),
  ...message
});

const eloqua = z.strictObject({
  kind: z.literal("eloqua"),
  ...common,
  ...limits,
  login_url: httpsUrl.default("https://login.eloqua.com"),
  list: z.int().min(1).describe("id of the shared contact list"),
  update_rule: z.enum(["always", "ifNewIsNotNull", "ifExistingIsNull", "useFieldRule"]).default("always"),
  company: z.string().min(1),
  user: z.string().min(1),
  password_env: secretEnv,
  client_id_env: secretEnv
    .optional()
    .describe("of an app, with client_secret_env: OAuth 2 rather than basic authentication"),
  client_secret_env: secretEnv.optional()
});

const mailchimp = z.strictObject({
  kind: z.literal("mailchimp"),
  ...common,
  ...limits,
  url: httpsUrl.optional().describe("default: the data centre that the API key names"),
  list: z.string().min(1).describe("id of the audience (list)"),
  segment: z.int().min(1).optional().describe("id of a static segment (tag) that follows the audience"),
  new_status: z.enum(["subscribed", "pending", "transactional"]).default("subscribed"),
  api_key_env: secretEnv
});

const sendgrid = z.strictObject({
  kind: z.literal("sendgrid"),
  ...common,
  ...limits,
  url: httpsUrl.default("https://api.sendgrid.com"),
  list: z.uuid().describe("id of the contact list"),
  api_key_env: secretEnv
});

const hubspot = z.strictObject({
  kind: z.literal("hubspot"),
  ...common,
  ...limits,
  url: httpsUrl.default("https://api.hubapi.com"),
  list: z.string().regex(/^\d+$/, "a list's id such as 42").describe("id of a manual list (ILS id)"),
  access_token_env: secretEnv
});

const klaviyo = z.strictObject({
  kind: z.literal("klaviyo"),
  ...common,
  ...limits,
  url: httpsUrl.default("https://a.klaviyo.com"),
  list: z.string().min(1).describe("id of the list"),
  api_key_env: secretEnv
});

const webhook = z.strictObject({
  kind: z.literal("webhook"),
  ...common,
  ...limits,
  url: httpsUrl,
  batch: z.int().min(1).max(10_000).default(500).describe("rows a request"),
  idempotent: z
    .boolean()
    .default(true)
    .describe("whether the receiver drops a webhook-id it has seen: only then is an unanswered request made again"),
  secret_env: secretEnv.describe("signs each request")
});

/** `destinations/<destination>.yaml`: a place that audiences are sent to, and what of a person goes there. */
export const destinationDefinition = z
  .discriminatedUnion("kind", [folder, sftp, s3, smtp, eloqua, mailchimp, sendgrid, hubspot, klaviyo, webhook])
  .describe("a place that audiences are sent to");

export type DestinationDefinition = z.output<typeof destinationDefinition>;
export type DestinationKind = DestinationDefinition["kind"];
export type DestinationOf<K extends DestinationKind> = Extract<DestinationDefinition, {kind: K}>;

/** The fields that name a person at a destination. */
export function keyFields({key, fields}: Pick<DestinationDefinition, "key" | "fields">): string[] {
  return key ?? [["email", "id"].find((name) => name in fields) ?? Object.keys(fields)[0]!];
}
