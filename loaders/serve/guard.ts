import {randomBytes, timingSafeEqual} from "node:crypto";
import type {FastifyInstance} from "fastify";
import {Refused} from "./refused.js";

export interface GuardOptions {
  token: string;
  /** The hosts under which it may be asked: `127.0.0.1:3100`. Another name for this machine is somebody's trick. */
  hosts(): string[];
  /** The origins of the pages that may ask: `http://127.0.0.1:3000`. */
  origins: string[];
}

/** A token that nobody guesses. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Lets through only what the preview's own pages send: the right host (else a name that leads here would do), the right
 * origin (else any page open in the browser could ask), and the token. Answers the browser's question beforehand.
 */
export function guard(app: FastifyInstance, {token, hosts, origins}: GuardOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const {host, origin, authorization} = request.headers;
    if (!host || !hosts().includes(host)) throw new Refused(403, "asked under another host's name");
    if (!origin || !origins.includes(origin)) throw new Refused(403, "asked by a page that is not the preview's");
    reply.headers({
      "access-control-allow-origin": origin,
      vary: "origin",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff"
    });
    if (request.method === "OPTIONS") {
      reply.headers({
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": "600"
      });
      return reply.code(204).send();
    }
    if (!isSame(authorization ?? "", `Bearer ${token}`)) throw new Refused(401, "wrong token: reload the page");
  });
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
