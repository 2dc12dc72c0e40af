import {execFileSync, spawn, type ChildProcess} from "node:child_process";
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:net";
import {tmpdir, userInfo} from "node:os";
import {join} from "node:path";

export interface Sshd {
  port: number;
  user: string;
  /** The SHA256 fingerprint of its host key. */
  fingerprint: string;
  /** A private key that it lets in, and one with a passphrase. */
  key: string;
  lockedKey: string;
  passphrase: string;
  /** What its clients see as their folder. */
  folder: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Where Debian puts OpenSSH's server; undefined where it is not installed. */
export const sshdPath = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((path) => existsSync(path));

/** An OpenSSH server on loopback, as the user who runs the tests, for SFTP with keys. */
export async function startSshd(): Promise<Sshd> {
  const root = mkdtempSync(join(tmpdir(), "tenfold-sshd-"));
  const at = (name: string) => join(root, name);
  const keygen = (name: string, passphrase = "") =>
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", at(name)]);
  keygen("host");
  keygen("user");
  keygen("locked", "open sesame");
  mkdirSync(at("files"));
  writeFileSync(at("authorized_keys"), readFileSync(at("user.pub"), "utf8") + readFileSync(at("locked.pub"), "utf8"), {mode: 0o600}); // prettier-ignore
  const port = await freePort();
  writeFileSync(
    at("config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${at("host")}`,
      `AuthorizedKeysFile ${at("authorized_keys")}`,
      `PidFile ${at("pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      `Subsystem sftp internal-sftp -d ${at("files")}`,
      ""
    ].join("\n")
  );
  // Its child without privileges wants this folder, in the places where tests run as root.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", {recursive: true});
  let process: ChildProcess | undefined;
  const start = async () => {
    const server = spawn(sshdPath!, ["-D", "-e", "-f", at("config")], {stdio: ["ignore", "ignore", "pipe"]});
    process = server;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      server.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Server listening")) resolve();
      });
      server.on("exit", (code) => reject(new Error(`sshd ended with ${code}: ${said}`)));
    });
  };
  const stop = async () => {
    const server = process;
    process = undefined;
    if (!server || server.exitCode !== null) return;
    await new Promise((resolve) => {
      server.on("exit", resolve);
      server.kill();
    });
  };
  await start();
  const fingerprint = execFileSync("ssh-keygen", ["-lf", at("host.pub")], {encoding: "utf8"}).split(" ")[1]!;
  return {
    port,
    user: userInfo().username,
    fingerprint,
    key: readFileSync(at("user"), "utf8"),
    lockedKey: readFileSync(at("locked"), "utf8"),
    passphrase: "open sesame",
    folder: at("files"),
    start,
    stop,
    async close() {
      await stop();
      rmSync(root, {recursive: true, force: true});
    }
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as {port: number};
  await new Promise((resolve) => server.close(resolve));
  return port;
}
