import {AwsV4Signer} from "aws4fetch";
import {createReadStream} from "node:fs";
import http from "node:http";
import https from "node:https";
import {pipeline} from "node:stream/promises";
import type {OpenContext} from "../client/context.js";
import {limiterOf, unanswered} from "../client/client.js";
import {withRetries} from "../client/retry.js";
import {DeliveryError, type FileDestination, type PreparedFile} from "../destination.js";

interface S3Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
// What one PUT may carry: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
const mostBytes = 5 * 1024 ** 3;

/** A bucket of Amazon's S3 or of whatever speaks as it does. An object appears whole or not at all. */
export function openS3(context: OpenContext<"s3">): FileDestination {
  const {definition} = context;
  const limiter = limiterOf(context);
  const send = async (method: string, name: string, query = "", file?: PreparedFile) => {
    await limiter.take();
    return await request(context, method, name, query, file);
  };
  const has = async (name: string): Promise<S3Answer | undefined> => {
    const answer = await send("HEAD", name);
    if (answer.status === 200) return answer;
    if (answer.status === 404) return undefined;
    throw refusal("HEAD", name, answer);
  };
  return {
    kind: "s3",
    takes: "files",
    idempotent: true,
    health: () =>
      withRetries(context, async () => {
        const answer = await send("GET", "", `list-type=2&max-keys=1&prefix=${encodeURIComponent(definition.prefix)}`);
        if (answer.status !== 200) throw refusal("GET", definition.bucket, answer);
        return `bucket ${definition.bucket} is there`;
      }),
    has: (name) => withRetries(context, async () => (await has(name)) !== undefined),
    async put(file) {
      if (file.bytes > mostBytes) {
        throw new DeliveryError(`${file.name} has ${file.bytes} bytes: more than 5 GB need a smaller max_rows`, "refused", "EFBIG"); // prettier-ignore
      }
      await withRetries(context, async () => {
        const found = await has(file.name);
        if (found?.headers["x-amz-meta-sha256"] === file.sha256) return;
        if (found) throw new DeliveryError(`${file.name} is there already, with other contents`, "refused", "EEXIST");
        const answer = await send("PUT", file.name, "", file);
        if (answer.status !== 200) throw refusal("PUT", file.name, answer);
      });
    },
    async close() {}
  };
}

async function request(
  {definition, secrets}: OpenContext<"s3">,
  method: string,
  name: string,
  query: string,
  file?: PreparedFile
): Promise<S3Answer> {
  const url = `${address(definition)}${name === "" ? "" : objectPath(definition.prefix + name)}${query ? `?${query}` : ""}`;
  const signer = new AwsV4Signer({
    method,
    url,
    accessKeyId: secrets.get("access_key"),
    secretAccessKey: secrets.get("secret_key"),
    sessionToken: secrets.has("session_token") ? secrets.get("session_token") : undefined,
    service: "s3",
    region: definition.region,
    headers: {
      "x-amz-content-sha256": file?.sha256 ?? emptySha256,
      // Where the name was taken in the meantime, S3 refuses.
      ...(file && {"if-none-match": "*", "x-amz-meta-sha256": file.sha256})
    }
  });
  const {headers} = await signer.sign();
  const {request: make} = url.startsWith("https:") ? https : http;
  try {
    return await new Promise<S3Answer>((resolve, reject) => {
      const sent = make(
        url,
        {
          method,
          headers: {...Object.fromEntries(headers), ...(file && {"content-length": file.bytes})},
          timeout: definition.timeout_seconds * 1000
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString()})
          );
          response.on("error", reject);
        }
      );
      sent.on("timeout", () => sent.destroy(Object.assign(new Error("timeout"), {name: "TimeoutError"})));
      sent.on("error", reject);
      if (file) pipeline(createReadStream(file.path), sent).catch(reject);
      else sent.end();
    });
  } catch (error) {
    throw unanswered({method: method as "GET", path: name}, error as Error);
  }
}

function address({endpoint, bucket, region, path_style: pathStyle}: OpenContext<"s3">["definition"]): string {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  return pathStyle ? `${url.origin}/${bucket}` : `${url.protocol}//${bucket}.${url.host}`;
}

function objectPath(name: string): string {
  return `/${name.split("/").map(encodeStrictly).join("/")}`;
}

// As the signature reads a path (RFC 3986): encodeURIComponent leaves !'()* as they are.
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function refusal(method: string, name: string, {status, text}: S3Answer): DeliveryError {
  const said = /<Code>([^<]+)<\/Code>(?:\s*<Message>([^<]+)<\/Message>)?/.exec(text);
  const message = `${method} ${name}: ${status}${said ? ` ${said[1]}${said[2] ? `: ${said[2]}` : ""}` : ""}`;
  const isFinal = status === 401 || status === 403 || status === 404;
  const isLater = status === 409 || status === 412 || status === 429 || status >= 500;
  return new DeliveryError(message, isFinal || isLater ? "unsent" : "refused", String(status), isFinal);
}
