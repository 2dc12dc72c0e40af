import {z} from "zod";

const address = z
  .string()
  .regex(/^(?:[^<>\r\n"]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, "an address such as News <news@example.com>");

const bare = z.string().regex(/^[^<>@\s]+@[^<>@\s]+$/, "an address such as news@example.com");

const text = z
  .union([z.string().min(1), z.strictObject({file: z.string().min(1)})])
  .describe(
    "a template, or a file relative to the workspace; {{field}} is replaced, {{field|default}} where it is empty"
  );

/** The keys of an SMTP destination that say what its mails look like. */
export const message = {
  from: address,
  reply_to: address.optional(),
  bounce_to: bare
    .optional()
    .describe("the envelope's sender: where bounces go; a template such as bounces+{{send_id}}@example.com"),
  subject: z.string().min(1).max(500).describe("a template"),
  text: text.optional(),
  html: text.optional().describe("values are escaped"),
  unsubscribe: z
    .strictObject({
      url: z
        .string()
        .regex(/^https:\/\/[^\s<>]+$/, "an https address such as https://example.com/out/{{send_id}}")
        .optional()
        .describe("a template, values URL-encoded; also offered as one click (RFC 8058)"),
      mailto: bare.optional()
    })
    .refine(({url, mailto}) => url !== undefined || mailto !== undefined, "a url, a mailto or both")
    .describe("the List-Unsubscribe headers")
};
