import {createHash} from "node:crypto";
import {writeFileSync} from "node:fs";
import {createServer, type IncomingMessage, type Server, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {destinationDefinition} from "../../../lib/definitions/destination.js";
import type {Clock} from "../../../loaders/activate/client/clock.js";
import type {
  Batch,
  Destination,
  FileDestination,
  PreparedFile,
  Row,
  RowDestination
} from "../../../loaders/activate/destination.js";
import {openDestination} from "../../../loaders/activate/open.js";

/** A clock that nobody waits for: who sleeps moves it on. */
export function testClock(start = Date.UTC(2026, 2, 1, 9)): Clock & {slept: number[]} {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(milliseconds) {
      slept.push(milliseconds);
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}

interface OpenOptions {
  root?: string;
  env?: Record<string, string>;
  clock?: Clock;
}

/** Opens a destination as a definition file would name it. */
export async function open(definition: object, {root = "/", env = {}, clock = testClock()}: OpenOptions = {}) {
  const parsed = destinationDefinition.parse({name: "Test", fields: {email: "email", FNAME: "name"}, ...definition});
  return await openDestination({...parsed, id: "test", file: "destinations/test.yaml"}, {root, env, clock});
}

export async function openRows(definition: object, options?: OpenOptions): Promise<RowDestination> {
  return takes(await open(definition, options), "rows") as RowDestination;
}

export async function openFiles(definition: object, options?: OpenOptions): Promise<FileDestination> {
  return takes(await open(definition, options), "files") as FileDestination;
}

function takes(destination: Destination, what: string): Destination {
  if (destination.takes !== what) throw new Error(`${destination.kind} takes ${destination.takes}`);
  return destination;
}

/** Writes a file to be put under a name. */
export function preparedFile(folder: string, name: string, text: string): PreparedFile {
  const path = join(folder, `made-${name}`);
  writeFileSync(path, text);
  return {path, name, bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex")};
}

/** A batch of rows: people by address, with an action where it is not `add`. */
export function batch(...people: [email: string, fields?: Record<string, unknown>, action?: Row["action"]][]): Batch {
  return {
    key: "delivery-1",
    audience: "rising",
    rows: people.map(([email, fields = {}, action = "add"], i) => ({
      action,
      sendId: `send-${i}`,
      fields: {email, ...fields}
    }))
  };
}

/** A request as a stand-in sees it. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  text: string;
  /** Undefined where the body is no JSON. */
  body: unknown;
}

/** What a stand-in answers: a status with a JSON body, or something worse. */
export type Reply =
  | {status: number; body?: unknown; text?: string; headers?: Record<string, string>}
  /** No answer at all; the connection broken off; the answer broken off in its middle. */
  | "silence"
  | "reset"
  | "half";

export interface StandIn {
  url: string;
  seen: Seen[];
  /** What the next requests get instead, one each; undefined lets one through. */
  faults: (Reply | undefined)[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that speaks a provider's protocol; what `answer` throws is a request against the contract. */
export async function standIn(answer: (seen: Seen) => Reply): Promise<StandIn> {
  const seen: Seen[] = [];
  const faults: (Reply | undefined)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = read(request, Buffer.concat(chunks).toString());
      seen.push(one);
      let reply = faults.shift();
      try {
        reply ??= answer(one);
      } catch (error) {
        reply = {status: 418, body: {contract: (error as Error).message}};
      }
      send(response, reply);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    faults,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}

/** Fails the request where a condition of the provider's contract is not met. */
export function contract(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function read(request: IncomingMessage, text: string): Seen {
  const url = new URL(request.url!, "http://localhost");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {}
  return {method: request.method!, path: url.pathname, query: url.searchParams, headers: request.headers, text, body};
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === "silence") return;
  if (reply === "reset") return void response.socket!.resetAndDestroy();
  if (reply === "half") {
    response.writeHead(200, {"content-type": "application/json", "content-length": "100"});
    response.write('{"half":');
    return void setImmediate(() => response.socket!.destroy());
  }
  const text = reply.text ?? (reply.body === undefined ? "" : JSON.stringify(reply.body));
  response.writeHead(reply.status, {"content-type": "application/json", ...reply.headers});
  response.end(text);
}
