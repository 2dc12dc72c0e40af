import {createReadStream, createWriteStream} from "node:fs";
import {readFile} from "node:fs/promises";
import {resolve} from "node:path";
import {Readable} from "node:stream";
import {pipeline} from "node:stream/promises";
import {DeliveryError} from "../destination.js";

/** Encrypts a file for everybody whose public OpenPGP key is given (armoured or binary), as a stream. */
export async function encryptFile(from: string, to: string, keyFiles: string[], root: string): Promise<void> {
  const openpgp = await import("openpgp");
  const read = async (file: string) => {
    try {
      const bytes = await readFile(resolve(root, file));
      const text = bytes.toString("latin1");
      const isArmoured = text.includes("-----BEGIN PGP");
      const key = isArmoured
        ? await openpgp.readKey({armoredKey: text})
        : await openpgp.readKey({binaryKey: new Uint8Array(bytes)});
      if (key.isPrivate()) throw new Error("this is a private key: expected the public one");
      return key;
    } catch (error) {
      throw new DeliveryError(`encrypt_for: ${file}: ${(error as Error).message}`, "unsent", "pgp", true);
    }
  };
  const encryptionKeys = await Promise.all(keyFiles.map(read));
  const source = Readable.toWeb(createReadStream(from)) as ReadableStream<Uint8Array>;
  const encrypted = await openpgp.encrypt({
    message: await openpgp.createMessage({binary: source}),
    encryptionKeys,
    format: "binary"
  });
  await pipeline(Readable.fromWeb(encrypted as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(to));
}
