import {z} from "zod";

/**
 * The name of an environment variable that holds a secret. What stands there instead is never shown: it may be the
 * secret itself.
 */
export const secretEnv = z
  .custom<string>((value) => typeof value === "string" && /^[A-Z][A-Z0-9_]{0,126}$/.test(value), {
    error:
      "expected the name of an environment variable such as PARTNER_PASSWORD: secrets come from the environment, never from a file",
    params: {complete: true}
  })
  .meta({type: "string", pattern: "^[A-Z][A-Z0-9_]{0,126}$"});

/** https, or http on this machine; without user, password or query. */
export const httpsUrl = z
  .custom<string>(isSafeUrl, {
    error:
      "expected an address such as https://api.example.com without user, password or query (http on loopback only)",
    params: {complete: true}
  })
  .meta({type: "string", format: "uri"});

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host's name is this machine's. */
export function isLoopback(host: string): boolean {
  return loopback.test(host) || host === "::1";
}

function isSafeUrl(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const match = /^(https?):\/\/(\[[^\]/]+\]|[^/:?#@\s]+)(:\d{1,5})?(\/[^?#@\s]*)?$/.exec(value);
  return match !== null && (match[1] === "https" || isLoopback(match[2]!));
}
