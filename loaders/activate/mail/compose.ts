import {readFile} from "node:fs/promises";
import {resolve} from "node:path";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import {escapeHtml, fillTemplate, MissingField} from "../../../lib/mail/template.js";
import type {OpenContext} from "../client/context.js";
import type {Refusal, Row} from "../destination.js";

/** A mail as it goes over the wire. */
export interface ComposedMail {
  envelope: {from: string; to: string};
  bytes: Buffer;
}

export type Composed = ComposedMail | {refusal: Omit<Refusal, "row">};

/** Makes a person's mail from an SMTP destination's templates; or says why there can be none. */
export function composer({definition, root}: OpenContext<"smtp">): (row: Row) => Promise<Composed> {
  const read = async (template: string | {file: string} | undefined) =>
    typeof template === "object" ? await readFile(resolve(root, template.file), "utf8") : template;
  let templates: Promise<[string | undefined, string | undefined]> | undefined;
  return async (row) => {
    templates ??= Promise.all([read(definition.text), read(definition.html)]);
    const [text, html] = await templates;
    const values = {...row.fields, send_id: row.sendId};
    const to = String(row.fields.email ?? "").trim();
    if (!isAddress(to)) return {refusal: {code: "address", message: "the address is none that mail can go to"}};
    try {
      const subject = fillTemplate(definition.subject, values);
      // Line ends in a header would begin another one.
      if (hasControl(subject)) return {refusal: {code: "header", message: "a field of the subject has a line end"}};
      const from = definition.bounce_to ? fillTemplate(definition.bounce_to, values) : addressOf(definition.from);
      if (!isAddress(from)) return {refusal: {code: "header", message: "bounce_to makes no address"}};
      const mail = new MailComposer({
        from: definition.from,
        to,
        replyTo: definition.reply_to,
        subject,
        text: text === undefined ? undefined : fillTemplate(text, values),
        html: html === undefined ? undefined : fillTemplate(html, values, escapeHtml),
        messageId: `<${row.sendId}@${addressOf(definition.from).split("@")[1]}>`,
        headers: {"X-Send-ID": row.sendId, ...unsubscribe(definition.unsubscribe, values)},
        disableFileAccess: true,
        disableUrlAccess: true
      });
      return {envelope: {from, to}, bytes: await mail.compile().build()};
    } catch (error) {
      if (error instanceof MissingField) return {refusal: {code: "template", message: error.message}};
      throw error;
    }
  };
}

// RFC 2369, and RFC 8058 for the one click.
function unsubscribe(
  {url, mailto}: OpenContext<"smtp">["definition"]["unsubscribe"],
  values: Record<string, unknown>
): Record<string, string> {
  const link = url === undefined ? undefined : fillTemplate(url, values, encodeURIComponent);
  const ways = [link, mailto && `mailto:${mailto}?subject=unsubscribe`].filter((way) => way !== undefined);
  return {
    "List-Unsubscribe": ways.map((way) => `<${way}>`).join(", "),
    ...(link !== undefined && {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
  };
}

function addressOf(mailbox: string): string {
  return /<([^>]+)>$/.exec(mailbox)?.[1] ?? mailbox;
}

function isAddress(text: string): boolean {
  return /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/.test(text) && !hasControl(text);
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f\u2028\u2029]/.test(text);
}
