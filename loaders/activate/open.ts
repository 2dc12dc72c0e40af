import type {DestinationDefinition} from "../../lib/definitions/destination.js";
import type {Named} from "../workspace.js";
import {systemClock, type Clock} from "./client/clock.js";
import type {OpenContext} from "./client/context.js";
import {readSecrets, type Secrets} from "./client/secrets.js";
import {DeliveryError, type Destination} from "./destination.js";

export interface OpenOptions {
  /** The workspace's folder. */
  root: string;
  clock?: Clock;
  env?: NodeJS.ProcessEnv;
}

/** Makes a destination ready; nothing is asked of it yet. Its errors show no secret. Throws DeliveryError. */
export async function openDestination(
  definition: DestinationDefinition & Named,
  {root, clock = systemClock, env = process.env}: OpenOptions
): Promise<Destination> {
  const secrets = readSecrets(definition, env);
  const context = {definition, root, clock, secrets};
  return guard(await open(context as OpenContext), secrets);
}

// Each is loaded only when it is used: the command starts without nodemailer, ssh2 and the like.
async function open(context: OpenContext): Promise<Destination> {
  const as = <K extends OpenContext["definition"]["kind"]>(_: K) => context as unknown as OpenContext<K>;
  switch (context.definition.kind) {
    case "folder":
      return (await import("./destinations/folder.js")).openFolder(as("folder"));
    case "sftp":
      return (await import("./destinations/sftp.js")).openSftp(as("sftp"));
    case "s3":
      return (await import("./destinations/s3.js")).openS3(as("s3"));
    case "smtp":
      return (await import("./destinations/smtp.js")).openSmtp(as("smtp"));
    case "eloqua":
      return (await import("./destinations/eloqua.js")).openEloqua(as("eloqua"));
    case "mailchimp":
      return (await import("./destinations/mailchimp.js")).openMailchimp(as("mailchimp"));
    case "sendgrid":
      return (await import("./destinations/sendgrid.js")).openSendgrid(as("sendgrid"));
    case "hubspot":
      return (await import("./destinations/hubspot.js")).openHubspot(as("hubspot"));
    case "klaviyo":
      return (await import("./destinations/klaviyo.js")).openKlaviyo(as("klaviyo"));
    case "webhook":
      return (await import("./destinations/webhook.js")).openWebhook(as("webhook"));
  }
}

// The one way out of every destination: what others answered may repeat what we sent them.
function guard(destination: Destination, secrets: Secrets): Destination {
  const shown = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    try {
      return await work(...args);
    } catch (error) {
      if (error instanceof DeliveryError) {
        throw new DeliveryError(secrets.redact(error.message), error.failure, error.code, error.isFinal);
      }
      throw new DeliveryError(secrets.redact(String((error as Error)?.message ?? error)), "unknown", "internal");
    }
  }; // prettier-ignore
  const common = {health: shown(() => destination.health()), close: shown(() => destination.close())};
  if (destination.takes === "files") {
    return {
      ...destination,
      ...common,
      has: shown((name) => destination.has(name)),
      put: shown((file) => destination.put(file))
    };
  }
  return {
    ...destination,
    ...common,
    deliver: shown(async (batch) =>
      (await destination.deliver(batch)).map((one) => ({...one, message: secrets.redact(one.message)}))
    )
  };
}
