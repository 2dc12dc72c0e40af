import {DeliveryError} from "../destination.js";
import {backoff, retryAfter} from "./backoff.js";
import type {Clock} from "./clock.js";
import {tokenBucket, unlimited, type Limiter, type Rate} from "./tokenBucket.js";

/** What a provider documents of its limits; a definition's own come first. */
export interface Limits {
  rate?: Rate;
  concurrency: number;
}

export interface Request {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base, or a whole address. */
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is; its type comes with the headers. */
  text?: string;
  headers?: Record<string, string>;
  /** Whether it may be made twice; default true: most of what we send are upserts. */
  idempotent?: boolean;
  /** Statuses that are answers, besides 2xx. */
  accept?: number[];
}

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  /** Undefined where there is no body. */
  body: T;
}

/** Makes requests within the limits, again where that is safe and useful. */
export interface Client {
  readonly concurrency: number;
  request<T = unknown>(request: Request): Promise<Answer<T>>;
  /** Asks again, ever more slowly, until the answer is one; `unknown` where it takes longer than an hour. */
  poll<T>(request: Request, isDone: (body: T) => boolean): Promise<T>;
}

export interface ClientOptions {
  base: string;
  limits: Limits;
  /** Headers of every request; `renew` after a 401. */
  authorize(renew: boolean): Promise<Record<string, string>> | Record<string, string>;
  /** Whether `authorize(true)` may help. */
  canRenew?: boolean;
  /** Finds the provider's words in the body of a refusal. */
  explain?(body: unknown): string | undefined;
}

/** What of a destination's definition concerns its requests. */
export interface LimitedContext {
  clock: Clock;
  definition: {
    id: string;
    rate?: {requests: number; per_seconds: number};
    concurrency?: number;
    timeout_seconds: number;
    retries: number;
  };
}

const retried = new Set([408, 409, 425, 429, 500, 502, 503, 504]);
// The whole delivery is at fault, not the rows of this request.
const final = new Set([401, 402, 403, 404, 405, 410]);
const longest = 3_600_000;

/** The client that every HTTP destination shares. */
export function httpClient(context: LimitedContext, options: ClientOptions): Client {
  const {clock, definition} = context;
  const concurrency = definition.concurrency ?? options.limits.concurrency;
  const inTurn = turns(concurrency);
  const limiter = limiterOf(context, options.limits.rate);
  const pause = backoff(definition.id);
  const request = async <T>(asked: Request): Promise<Answer<T>> => {
    for (let tries = 0, renewed = false; ;) {
      const made = await inTurn(async () => {
        await limiter.take();
        return await attempt<T>(asked, options, definition.timeout_seconds, renewed);
      });
      if ("answer" in made) return made.answer;
      if (made.failure.code === "401" && options.canRenew && !renewed) {
        renewed = true;
        continue;
      }
      const asks = retryAfter(made.retryAfter, clock.now());
      const wait = Math.max(pause(tries), asks ?? 0);
      if (!made.again || tries >= definition.retries || wait > longest) throw made.failure;
      if (made.failure.code === "429") limiter.pause(wait);
      await clock.sleep(wait);
      ++tries;
    }
  };
  return {
    concurrency,
    request,
    async poll<T>(asked: Request, isDone: (body: T) => boolean) {
      const start = clock.now();
      for (let wait = 1000; ; wait = Math.min(30_000, wait * 1.5)) {
        const {body} = await request<T>(asked);
        if (isDone(body)) return body;
        if (clock.now() - start > longest) {
          throw new DeliveryError(`${asked.method} ${asked.path}: not done after an hour`, "unknown", "slow");
        }
        await clock.sleep(wait);
      }
    }
  };
}

type Attempt<T> = {answer: Answer<T>} | {failure: DeliveryError; again: boolean; retryAfter: string | null};

async function attempt<T>(
  asked: Request,
  options: ClientOptions,
  seconds: number,
  renew: boolean
): Promise<Attempt<T>> {
  const {idempotent = true, accept = []} = asked;
  const authorization = await options.authorize(renew);
  try {
    const response = await fetch(address(options.base, asked), {
      method: asked.method,
      redirect: "manual",
      signal: AbortSignal.timeout(seconds * 1000),
      headers: {
        accept: "application/json",
        ...(asked.json !== undefined && {"content-type": "application/json"}),
        ...authorization,
        ...asked.headers
      },
      body: asked.json === undefined ? asked.text : JSON.stringify(asked.json)
    });
    const {status, headers} = response;
    const isAnswer = response.ok || accept.includes(status);
    const body = parse(await response.text(), isAnswer);
    if (isAnswer) return {answer: {status, headers, body: body as T}};
    const failure = refusal(asked, status, body, idempotent, options.explain);
    const again = status === 429 || (idempotent && retried.has(status));
    return {failure, again, retryAfter: headers.get("retry-after")};
  } catch (error) {
    const failure = error instanceof DeliveryError ? error : unanswered(asked, error as Error);
    return {failure, again: idempotent || failure.failure === "unsent", retryAfter: null};
  }
}

/** The rate that a definition gives, else the provider's. */
export function limiterOf({definition: {rate: given}, clock}: LimitedContext, rate?: Rate): Limiter {
  const used = given ? {requests: given.requests, perSeconds: given.per_seconds} : rate;
  return used ? tokenBucket(used, clock) : unlimited;
}

// At most so many at once; the others wait in the order they came.
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) --free;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else ++free;
    }
  };
}

function address(base: string, {path, query}: Request): string {
  const url = /^https?:/.test(path) ? path : `${base}${path}`;
  return query ? `${url}?${new URLSearchParams(query)}` : url;
}

// Half an answer is none: the request may or may not have been carried out.
function parse(text: string, isAnswer: boolean): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (!isAnswer) return text;
    throw new DeliveryError("half an answer: it is no JSON", "unknown", "half");
  }
}

function refusal(
  {method, path}: Request,
  status: number,
  body: unknown,
  idempotent: boolean,
  explain?: ClientOptions["explain"]
): DeliveryError {
  const said = explain?.(body) ?? (typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body));
  const message = `${method} ${path}: ${status}${said ? ` ${said.slice(0, 300)}` : ""}`;
  const code = String(status);
  if (status === 429 || final.has(status)) return new DeliveryError(message, "unsent", code, status !== 429);
  if (status >= 500 || (status === 408 && !idempotent)) return new DeliveryError(message, "unknown", code);
  return new DeliveryError(message, "refused", code, status < 400);
}

const neverReached = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]); // prettier-ignore

/** What an error of the network means: whether the other side can have seen the request. */
export function unanswered({method, path}: Pick<Request, "method" | "path">, error: Error): DeliveryError {
  const code = errorCode(error);
  const what = code === "TimeoutError" ? "no answer in time" : code;
  return new DeliveryError(`${method} ${path}: ${what}`, neverReached.has(code) ? "unsent" : "unknown", code);
}

function errorCode(error: Error): string {
  const cause = error.cause as (Error & {code?: string; errors?: {code?: string}[]}) | undefined;
  return cause?.code ?? cause?.errors?.[0]?.code ?? (error as {code?: string}).code?.toString() ?? error.name;
}
