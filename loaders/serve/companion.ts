import type {AddressInfo} from "node:net";
import {fastify, type FastifyInstance} from "fastify";
import {DefinitionError} from "../../lib/definitions/check.js";
import {silent, type Progress} from "../engine/progress.js";
import type {Workspace} from "../workspace.js";
import {activationRoutes} from "./activationRoutes.js";
import {audienceRoutes} from "./audienceRoutes.js";
import {countRoutes} from "./countRoutes.js";
import {definitionRoutes} from "./definitionRoutes.js";
import {guard, makeToken, type GuardOptions} from "./guard.js";
import {Refused} from "./refused.js";

export interface Companion {
  /** Where it listens: `http://127.0.0.1:40123`. */
  url: string;
  token: string;
  close(): Promise<void>;
}

export interface CompanionOptions {
  /** The port of the pages that may ask. */
  pages: number;
  progress?: Progress;
}

/**
 * Starts the preview's companion on loopback: the one that may write definitions and ask the warehouse for pages, which
 * themselves are served by Framework and cannot. Nobody who lacks the token, or asks from elsewhere, is answered.
 */
export async function startCompanion(
  workspace: Pick<Workspace, "root" | "landing" | "warehouse">,
  {pages, progress = silent}: CompanionOptions
): Promise<Companion> {
  const token = makeToken();
  let port = 0;
  const app = companionApp(workspace, {
    token,
    hosts: () => [`127.0.0.1:${port}`, `localhost:${port}`],
    origins: [`http://127.0.0.1:${pages}`, `http://localhost:${pages}`],
    progress
  });
  await app.listen({host: "127.0.0.1", port: 0});
  ({port} = app.server.address() as AddressInfo);
  return {url: `http://127.0.0.1:${port}`, token, close: () => app.close()};
}

/** The largest request: a definition of the most characters there may be, each of them escaped. */
const bodyLimit = 6_000_000;

/** The companion without a socket, as tests ask it. */
export function companionApp(
  workspace: Pick<Workspace, "root" | "landing" | "warehouse">,
  {progress = silent, ...guarded}: GuardOptions & {progress?: Progress}
): FastifyInstance {
  const app = fastify({bodyLimit, requestTimeout: 30_000, forceCloseConnections: true});
  // Only JSON: a form or plain text is what another site's page may send without asking.
  app.removeContentTypeParser("text/plain");
  guard(app, guarded);
  app.setErrorHandler((error: Error & {statusCode?: number}, _request, reply) => {
    if (error instanceof Refused) return reply.code(error.status).send({error: error.message, ...error.more});
    if (error instanceof DefinitionError) {
      return reply.code(422).send({error: error.message, mistakes: error.mistakes});
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) progress.warn(`a page's request failed: ${error.message}`);
    return reply.code(status).send({error: error.message});
  });
  app.setNotFoundHandler(async () => {
    throw new Refused(404, "there is nothing of this name");
  });
  definitionRoutes(app, workspace);
  countRoutes(app, workspace);
  activationRoutes(app, workspace);
  audienceRoutes(app, workspace);
  return app;
}
