import {formatCount, formatInstantIn, formatName, plural} from "../format.js";
import {tenfold} from "../tenfold.js";
import type {DestinationRow, OutcomeRow, StandingRow} from "./activation.js";

const kinds: Record<string, string> = {
  folder: "files in a folder",
  sftp: "files by SFTP",
  s3: "files in an S3 bucket",
  smtp: "e-mail by SMTP",
  eloqua: "Oracle Eloqua",
  mailchimp: "Mailchimp",
  sendgrid: "SendGrid",
  hubspot: "HubSpot",
  klaviyo: "Klaviyo",
  webhook: "signed webhook"
};

/** What a kind of destination is, in words. */
export function kindName(kind: string): string {
  return kinds[kind] ?? kind;
}

const reasons: Record<string, string> = {
  held_out: "held out of the campaign",
  held_out_of_audience: "held out of the audience by its split",
  held_out_of_all: "held out of everything",
  no_consent: "no consent",
  complained: "complained",
  unsubscribed: "unsubscribed",
  bounced: "address is dead",
  no_key: "nothing to name them by",
  refused_before: "refused before, and unchanged since",
  duplicate: "another person has the same key",
  frequency_cap: "mailed often enough already",
  other_arm: "in an arm that goes elsewhere",
  unknown: "an earlier sending's end is not known",
  sent_elsewhere: "sent already, under another address",
  profile_gone: "erased since",
  waiting: "never tried",
  unsent: "tried in vain",
  refused: "refused",
  unanswered: "no answer",
  crash: "broke off",
  "401": "credentials refused (401)",
  "403": "not allowed (403)",
  "404": "nothing there (404)",
  "409": "conflict (409)",
  "429": "too many requests (429)",
  ECONNREFUSED: "not reachable",
  ENOTFOUND: "not reachable",
  ETIMEDOUT: "no answer in time",
  timeout: "no answer in time"
};

/** Why people were not sent, in words: a rule of Tenfold's, or the destination's own code. */
export function reasonName(reason: string): string {
  if (reason.startsWith("missing_")) return `no ${formatName(reason.slice("missing_".length))}`;
  return reasons[reason] ?? formatName(reason);
}

const failures: Record<string, string> = {
  unknown_audience: "there is no such audience",
  no_members: "the audience has no members on record: it has not been published yet",
  no_ledger: "it has been sent to before, and the record of that is not here",
  other_key: "it has been sent to before under another key",
  bad_definition: "a definition does not say what is needed",
  held_out_among_sent: "somebody held out was among those to be sent",
  secret: "a secret is not set in the environment",
  "401": "the destination does not know our credentials (401)",
  "403": "the destination does not let us in (403)",
  ECONNREFUSED: "nobody answers there (ECONNREFUSED)",
  ENOTFOUND: "there is no such host (ENOTFOUND)"
};

/** Why a scheduled delivery failed, in words; the destination's code where it is not one of ours. */
export function failureName(reason: string | null): string {
  if (reason === null || reason === "error") return "something that nobody foresaw";
  return failures[reason] ?? `the destination said ${reason}`;
}

/** Reasons with their counts in one sentence's worth of words: `6 no consent, 1 address is dead`. */
export function reasonList(rows: readonly OutcomeRow[]): string {
  return [...rows]
    .sort((a, b) => b.profiles - a.profiles)
    .map(({reason, profiles}) => `${formatCount(profiles)} ${reasonName(reason)}`)
    .join(", ");
}

export interface Remark {
  tone: "good" | "warn" | "bad" | "muted";
  text: string;
  /** What to run about it. */
  command?: string;
}

const endings: Record<string, Pick<Remark, "tone" | "text">> = {
  done: {tone: "good", text: "all sent"},
  partial: {tone: "warn", text: "only partly sent"},
  interrupted: {tone: "warn", text: "broken off; the next one goes on from there"},
  failed: {tone: "bad", text: "failed"},
  running: {tone: "warn", text: "under way when this was published"}
};

/** How a delivery ended, in words. */
export function statusName(status: string): string {
  return endings[status]?.text.split(";")[0] ?? status;
}

/** A destination's health: how the last delivery ended, and who waits for something to be done. */
export function healthOf(destination: DestinationRow, standing: readonly StandingRow[], timeZone: string): Remark[] {
  const {destination_id: id, last_at: at, last_status: status, last_done_at: done} = destination;
  if (!at || !status) return [{tone: "muted", text: "Nothing has been sent there yet."}];
  const {tone, text} = endings[status] ?? {tone: "muted", text: status};
  const since = status === "done" || !done ? "" : `, the last that went well ${formatInstantIn(done, timeZone)}`;
  const remarks: Remark[] = [{tone, text: `Last delivery ${formatInstantIn(at, timeZone)}: ${text}${since}.`}];
  for (const {audience_id: audience, state, profiles} of standing) {
    const people = `${plural(profiles, "person", "people")} of ${audience}`;
    if (state === "unknown") {
      remarks.push({
        tone: "bad",
        text: `${people}: nobody knows whether it arrived. Find out, then settle it.`,
        command: tenfold(`activate ${audience} ${id} --settle sent`)
      });
    } else if (state === "refused") {
      remarks.push({
        tone: "warn",
        text: `${people} were refused by the destination. They are tried again when what is sent changes, or with --retry.`, // prettier-ignore
        command: tenfold(`activate ${audience} ${id} --retry`)
      });
    } else if (state === "unsent") {
      remarks.push({tone: "warn", text: `${people} could not be sent; the next delivery tries again.`});
    }
  }
  return remarks;
}
