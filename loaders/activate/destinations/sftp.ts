import {createHash} from "node:crypto";
import {posix} from "node:path";
import SftpClient from "ssh2-sftp-client";
import {Transform, type TransformCallback} from "node:stream";
import type {OpenContext} from "../client/context.js";
import {withRetries} from "../client/retry.js";
import {DeliveryError, type FileDestination, type PreparedFile} from "../destination.js";

/** A folder on a server that speaks SFTP. Its host key is pinned: a server with another one gets neither key nor password. */
export function openSftp(context: OpenContext<"sftp">): FileDestination {
  const {definition} = context;
  const session = sftpSession(context);
  const path = (name: string) => posix.join(definition.path, name);
  return {
    kind: "sftp",
    takes: "files",
    idempotent: true,
    health: () =>
      withRetries(context, async () => {
        const found = await session.use((sftp) => sftp.exists(definition.path));
        if (found === "d") return `${definition.user}@${definition.host}:${definition.path} is there`;
        throw new DeliveryError(`${definition.path} on ${definition.host} is no folder`, "unsent", "ENOENT", true);
      }),
    has: (name) => withRetries(context, () => session.use(async (sftp) => (await sftp.exists(path(name))) !== false)),
    put: (file) => withRetries(context, () => session.use((sftp) => put(sftp, file, path))),
    close: () => session.close()
  };
}

// SFTP's own rename, unlike the POSIX one, fails where the name is taken.
async function put(sftp: SftpClient, file: PreparedFile, path: (name: string) => string): Promise<void> {
  const target = path(file.name);
  if (await isThere(sftp, target, file)) return;
  const scratch = path(`.${file.name}.part`);
  await sftp.fastPut(file.path, scratch);
  try {
    await sftp.rename(scratch, target);
  } catch (error) {
    if (await isThere(sftp, target, file)) await sftp.delete(scratch, true);
    else throw error;
  }
}

async function isThere(sftp: SftpClient, target: string, {bytes, sha256}: PreparedFile): Promise<boolean> {
  if ((await sftp.exists(target)) === false) return false;
  const {size} = await sftp.stat(target);
  if (size === bytes && (await remoteSha256(sftp, target)) === sha256) return true;
  throw new DeliveryError(`${target} is there already, with other contents`, "refused", "EEXIST");
}

async function remoteSha256(sftp: SftpClient, target: string): Promise<string> {
  const hash = createHash("sha256");
  const sink = new Transform({
    transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback) {
      hash.update(chunk);
      done();
    }
  });
  sink.resume();
  await sftp.get(target, sink);
  return hash.digest("hex");
}

/** One connection, made when first used and again after a failure; work follows work. */
function sftpSession({definition, secrets}: OpenContext<"sftp">) {
  let connected: Promise<SftpClient> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const connect = async () => {
    const sftp = new SftpClient();
    let shown: string | undefined;
    try {
      await sftp.connect({
        host: definition.host,
        port: definition.port,
        username: definition.user,
        readyTimeout: definition.timeout_seconds * 1000,
        ...(secrets.has("password") && {password: secrets.get("password")}),
        ...(secrets.has("private_key") && {privateKey: secrets.get("private_key").replaceAll("\\n", "\n")}),
        ...(secrets.has("passphrase") && {passphrase: secrets.get("passphrase")}),
        hostVerifier: (key: Buffer) => {
          shown = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
          return shown === definition.host_key.replace(/=+$/, "");
        }
      });
    } catch (error) {
      await sftp.end().catch(() => {});
      if (shown !== undefined && shown !== definition.host_key.replace(/=+$/, "")) {
        const message = `${definition.host} shows the host key ${shown}, not host_key ${definition.host_key}`;
        throw new DeliveryError(message, "unsent", "host_key", true);
      }
      throw error;
    }
    sftp.on("error", () => {});
    return sftp;
  };
  const run = async <T>(work: (sftp: SftpClient) => Promise<T>): Promise<T> => {
    try {
      connected ??= connect();
      return await work(await connected);
    } catch (error) {
      const failed = connected;
      connected = undefined;
      await failed?.then((sftp) => sftp.end()).catch(() => {});
      throw failure(error as Error & {code?: string}, definition.host);
    }
  };
  return {
    use: <T>(work: (sftp: SftpClient) => Promise<T>): Promise<T> => {
      const result = last.then(() => run(work));
      last = result.catch(() => {});
      return result;
    },
    async close() {
      await last;
      await connected?.then((sftp) => sftp.end()).catch(() => {});
      connected = undefined;
    }
  };
}

function failure(error: Error & {code?: string | number}, host: string): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const code = String(error.code ?? "");
  const isDenied = /authentication methods failed|permission denied|parse privateKey|passphrase/i.test(error.message);
  return new DeliveryError(`${host}: ${error.message}`, "unsent", code, isDenied);
}
