/** What a kind of destination has to be told, beside what every destination is. */
export interface Setting {
  /** Where it stands in the definition: `files.format`. */
  key: string;
  label: string;
  initial?: string;
  placeholder?: string;
  type?: "number" | "lines";
  options?: readonly string[];
  isOptional?: boolean;
}

export interface Kind {
  kind: string;
  settings: readonly Setting[];
  /** The fields that leave, to begin with. */
  fields: readonly Field[];
}

/** A field that leaves: the destination's name for it, and SQL over the person. */
export interface Field {
  name: string;
  from: string;
  required: boolean;
}

const address: Field[] = [{name: "email", from: "lower(email)", required: true}];
const id: Field[] = [{name: "id", from: "id", required: true}];
const format: Setting = {key: "files.format", label: "Format", options: ["csv", "ndjson", "parquet"], initial: "csv"};
const env = (key: string, label: string, initial: string, isOptional = false): Setting => ({
  key,
  label: `Environment variable of ${label}`,
  initial,
  isOptional
});

/** The kinds of destination, in the order in which they are offered. */
export const kinds: readonly Kind[] = [
  {
    kind: "folder",
    fields: id,
    settings: [{key: "path", label: "Folder, within the workspace", initial: "exports"}, format]
  },
  {
    kind: "sftp",
    fields: id,
    settings: [
      {key: "host", label: "Host", placeholder: "files.example.com"},
      {key: "user", label: "User"},
      {key: "path", label: "Folder on the server", initial: "."},
      {key: "host_key", label: "Fingerprint of its key", placeholder: "SHA256:…"},
      env("private_key_env", "the private key", "SFTP_KEY"),
      format
    ]
  },
  {
    kind: "s3",
    fields: id,
    settings: [
      {key: "bucket", label: "Bucket"},
      {key: "prefix", label: "Put before each name", placeholder: "audiences/", isOptional: true},
      {key: "region", label: "Region", initial: "us-east-1"},
      env("access_key_env", "the access key", "S3_ACCESS_KEY"),
      env("secret_key_env", "the secret key", "S3_SECRET_KEY"),
      format
    ]
  },
  {
    kind: "smtp",
    fields: address,
    settings: [
      {key: "host", label: "Host", placeholder: "mail.example.com"},
      {key: "port", label: "Port", initial: "587", type: "number"},
      {key: "user", label: "User"},
      env("password_env", "the password", "SMTP_PASSWORD"),
      {key: "from", label: "From", placeholder: "News <news@example.com>"},
      {key: "subject", label: "Subject; {{field}} is filled in"},
      {key: "text", label: "Text", type: "lines"},
      {key: "unsubscribe.url", label: "Where to unsubscribe", placeholder: "https://example.com/out/{{send_id}}"}
    ]
  },
  {
    kind: "eloqua",
    fields: address,
    settings: [
      {key: "list", label: "Id of the shared list", type: "number"},
      {key: "company", label: "Company"},
      {key: "user", label: "User"},
      env("password_env", "the password", "ELOQUA_PASSWORD")
    ]
  },
  {
    kind: "mailchimp",
    fields: address,
    settings: [{key: "list", label: "Id of the list"}, env("api_key_env", "the API key", "MAILCHIMP_API_KEY")]
  },
  {
    kind: "sendgrid",
    fields: address,
    settings: [{key: "list", label: "Id of the list"}, env("api_key_env", "the API key", "SENDGRID_API_KEY")]
  },
  {
    kind: "hubspot",
    fields: address,
    settings: [{key: "list", label: "Id of the list"}, env("access_token_env", "the access token", "HUBSPOT_TOKEN")]
  },
  {
    kind: "klaviyo",
    fields: address,
    settings: [{key: "list", label: "Id of the list"}, env("api_key_env", "the API key", "KLAVIYO_API_KEY")]
  },
  {
    kind: "webhook",
    fields: id,
    settings: [
      {key: "url", label: "Address", placeholder: "https://example.com/hooks/audience"},
      env("secret_env", "the secret that signs", "WEBHOOK_SECRET")
    ]
  }
];
