import {Readable} from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection/index.js";
import type {OpenContext} from "../client/context.js";
import {DeliveryError} from "../destination.js";

/** Connections to a mail server, reused. */
export interface SmtpPool {
  /** Resolves when the server has taken the mail. Throws DeliveryError, `unknown` where it may have. */
  send(envelope: {from: string; to: string}, bytes: Buffer): Promise<void>;
  health(): Promise<string>;
  close(): Promise<void>;
}

type SmtpError = Error & {code?: string; command?: string; responseCode?: number; response?: string};

// Many servers end a connection after a hundred mails.
const mailsEach = 100;

/** At most `size` connections; the caller sees to it that no more mails are under way at once. */
export function smtpPool(context: OpenContext<"smtp">, size: number): SmtpPool {
  const free: {connection: SMTPConnection; sent: number}[] = [];
  const take = async () => free.pop() ?? {connection: await connect(context), sent: 0};
  return {
    async send(envelope, bytes) {
      const used = await take();
      let isOut = false;
      const body = Readable.from(
        (function* () {
          isOut = true;
          yield bytes;
        })()
      );
      try {
        await new Promise<void>((resolve, reject) => {
          // A connection that ends between two commands tells nobody but its listeners.
          const ended = () => reject(Object.assign(new Error("the connection ended"), {code: "ECONNECTION"}));
          used.connection.once("end", ended).once("error", reject);
          used.connection.send(envelope, body, (error) => {
            used.connection.off("end", ended).off("error", reject);
            if (error) reject(error);
            else resolve();
          });
        });
      } catch (error) {
        used.connection.close();
        throw failure(error as SmtpError, isOut ? "text" : "envelope");
      }
      if (++used.sent < mailsEach && free.length < size) free.push(used);
      else used.connection.quit();
    },
    async health() {
      const used = await take();
      free.push(used);
      return `${context.definition.host}:${context.definition.port} lets us in`;
    },
    async close() {
      for (const {connection} of free.splice(0)) connection.quit();
    }
  };
}

async function connect({definition, secrets}: OpenContext<"smtp">): Promise<SMTPConnection> {
  const milliseconds = definition.timeout_seconds * 1000;
  const connection = new SMTPConnection({
    host: definition.host,
    port: definition.port,
    secure: definition.tls === "implicit",
    requireTLS: definition.tls === "required",
    ignoreTLS: definition.tls === "none",
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once("error", reject).once("end", () => reject(new Error("the connection ended")));
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    if (definition.user !== undefined) {
      const credentials = {user: definition.user, pass: secrets.get("password")};
      await new Promise<void>((resolve, reject) => {
        connection.once("error", reject);
        connection.login({credentials}, (error) => (error ? reject(error) : resolve()));
      });
    }
  } catch (error) {
    connection.close();
    throw failure(error as SmtpError, "greeting");
  }
  connection
    .removeAllListeners("error")
    .removeAllListeners("end")
    .on("error", () => {});
  return connection;
}

/** RFC 4954: authentication required, too weak, invalid, to be encrypted. */
const credentialCodes = new Set([530, 534, 535, 538]);

/**
 * How far a mail had come. Before its own envelope, nothing that fails is its fault; once its text has begun to leave,
 * only a reply tells whether it was taken.
 */
type Stage = "greeting" | "envelope" | "text";

function failure(error: SmtpError, stage: Stage): DeliveryError {
  const {responseCode, code = "", command, response} = error;
  const message = (response ?? error.message).replace(/\s+/g, " ").slice(0, 300);
  if (responseCode !== undefined && responseCode >= 400) {
    const isRefused = responseCode >= 500;
    // Who says no to the sender, or to the credentials in mid-run, says nothing of the person.
    const isOurs = stage === "greeting" || command === "MAIL FROM" || credentialCodes.has(responseCode);
    const isFinal = isRefused && isOurs;
    return new DeliveryError(message, isRefused && !isFinal ? "refused" : "unsent", String(responseCode), isFinal);
  }
  if (code === "EAUTH" || code === "ETLS") return new DeliveryError(message, "unsent", code, true);
  return new DeliveryError(message, stage === "text" ? "unknown" : "unsent", code);
}
