import type {DestinationDefinition} from "../../../lib/definitions/destination.js";
import type {Named} from "../../workspace.js";
import {DeliveryError} from "../destination.js";

/** The secrets of one destination, by the definition's key without `_env`. */
export interface Secrets {
  get(name: string): string;
  has(name: string): boolean;
  /** A text with every secret taken out, also as base64, URL-encoded and where it is part of one. */
  redact(text: string): string;
}

/** Reads what the keys ending in `_env` name. Throws DeliveryError where a variable is not set. */
export function readSecrets(definition: DestinationDefinition & Partial<Named>, env: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  for (const [key, variable] of Object.entries(definition)) {
    if (!key.endsWith("_env") || typeof variable !== "string") continue;
    const value = env[variable];
    if (!value) {
      const file = definition.file ? `${definition.file}: ` : "";
      throw new DeliveryError(
        `${file}${key}: the environment variable ${variable} is not set`,
        "unsent",
        "secret",
        true
      );
    }
    values.set(key.slice(0, -"_env".length), value);
  }
  const hidden = redactor([...values.values()]);
  return {
    get(name) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`no secret ${name}`);
      return value;
    },
    has: (name) => values.has(name),
    redact: hidden
  };
}

function redactor(values: string[]): (text: string) => string {
  const forms = values.flatMap((value) => [
    value,
    encodeURIComponent(value),
    ...value.split(/\r?\n/).filter((line) => line.length >= 16),
    ...[0, 1, 2].map((shift) => base64Part(value, shift))
  ]);
  const hidden = [...new Set(forms)].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, form) => shown.replaceAll(form, "…"), text);
}

// What a secret looks like inside a longer text in base64 (`user:password`), for each of the three ways it may fall.
function base64Part(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return whole.toString("base64").slice(shift === 0 ? 0 : 4);
}
