import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, afterEach, beforeAll, describe, expect, test} from "vitest";
import {openFiles, preparedFile, testClock} from "./fixture.js";
import {sshdPath, startSshd, type Sshd} from "./sshd.js";

if (!sshdPath) console.warn("no sshd: the tests of SFTP are left out (apt-get install openssh-server)");

describe.skipIf(!sshdPath)("SFTP, against OpenSSH", () => {
  let sshd: Sshd;
  const open: Awaited<ReturnType<typeof openFiles>>[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
    mkdirSync(join(sshd.folder, "in"));
  });
  afterAll(() => sshd.close());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    for (const name of readdirSync(inbox())) rmSync(join(inbox(), name));
  });

  const inbox = () => join(sshd.folder, "in");
  const sftp = async (more: object = {}, env: Record<string, string> = {SSH_KEY: sshd.key}, clock = testClock()) => {
    const definition = {
      kind: "sftp",
      host: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      path: inbox(),
      host_key: sshd.fingerprint,
      private_key_env: "SSH_KEY",
      timeout_seconds: 10,
      ...more
    };
    const opened = await openFiles(definition, {env, clock});
    open.push(opened);
    return opened;
  };
  const file = (name: string, text: string) => preparedFile(sshd.folder, name, text);

  test("a file arrives whole under its name, and the same one again changes nothing", async () => {
    const destination = await sftp();
    expect(await destination.health()).toContain("/in is there");
    const one = file("one.csv", "a,b\n".repeat(100_000));
    expect(await destination.has("one.csv")).toBe(false);
    await destination.put(one);
    await destination.put(one);
    expect(await destination.has("one.csv")).toBe(true);
    expect(readdirSync(inbox())).toEqual(["one.csv"]);
    expect(readFileSync(join(inbox(), "one.csv"), "utf8")).toBe(readFileSync(one.path, "utf8"));
  });

  test("another file of the name is never written over", async () => {
    const destination = await sftp();
    await destination.put(file("one.csv", "first"));
    await expect(destination.put(file("one.csv", "other"))).rejects.toMatchObject({failure: "refused", code: "EEXIST"});
    expect(readFileSync(join(inbox(), "one.csv"), "utf8")).toBe("first");
  });

  test("what an earlier try left half done is written anew", async () => {
    writeFileSync(join(inbox(), ".one.csv.part"), "half of somethi");
    await (await sftp()).put(file("one.csv", "whole"));
    expect(readdirSync(inbox())).toEqual(["one.csv"]);
    expect(readFileSync(join(inbox(), "one.csv"), "utf8")).toBe("whole");
  });

  test("a server with another host key gets nothing, and is named", async () => {
    const destination = await sftp({host_key: `SHA256:${"A".repeat(43)}`});
    await expect(destination.put(file("one.csv", "x"))).rejects.toMatchObject({
      failure: "unsent",
      code: "host_key",
      isFinal: true,
      message: expect.stringContaining(`shows the host key ${sshd.fingerprint}`) as string
    });
    expect(readdirSync(inbox())).toEqual([]);
  });

  test("a key with a passphrase lets in, a wrong passphrase and a wrong password do not and are not shown", async () => {
    const locked = {private_key_env: "SSH_KEY", passphrase_env: "SSH_PASS"};
    const env = {SSH_KEY: sshd.lockedKey, SSH_PASS: sshd.passphrase};
    expect(await (await sftp(locked, env)).has("x")).toBe(false);
    for (const [more, wrong] of [
      [locked, {...env, SSH_PASS: "close sesame"}],
      [{private_key_env: undefined, password_env: "SSH_PASS"}, {SSH_PASS: "close sesame"}]
    ] as const) {
      const error = await (await sftp(more, wrong)).has("x").catch((e: Error) => e);
      expect(error).toMatchObject({failure: "unsent", isFinal: true});
      expect(String(error)).not.toContain("sesame");
    }
  });

  test("a server that is down is tried again, and the connection made anew when it is back", async () => {
    const destination = await sftp();
    await destination.put(file("one.csv", "1"));
    await sshd.stop();
    const clock = testClock();
    await expect((await sftp({retries: 3}, undefined, clock)).put(file("two.csv", "2"))).rejects.toMatchObject({failure: "unsent", isFinal: false}); // prettier-ignore
    expect(clock.slept.length).toBe(3);
    await sshd.start();
    await destination.put(file("two.csv", "2"));
    expect(readdirSync(inbox()).sort()).toEqual(["one.csv", "two.csv"]);
  });

  test("a folder that is not there is said", async () => {
    await expect((await sftp({path: "/nowhere/at/all"})).health()).rejects.toThrow("/nowhere/at/all on 127.0.0.1 is no folder"); // prettier-ignore
  });
});
