import {createHash} from "node:crypto";
import {createReadStream, createWriteStream} from "node:fs";
import {once} from "node:events";
import {pipeline} from "node:stream/promises";
import {createGunzip} from "node:zlib";
import {decoderOf, detectEncoding, type Encoding} from "./encoding.js";
import {IngestError} from "./errors.js";
import {lineAt} from "./lineAt.js";
import {QuoteScanner, type ScanDialect} from "./quotes.js";

/** A file's text as the engine will read it. */
export interface Text {
  /** The landed file, or its UTF-8 copy. */
  path: string;
  gzip: boolean;
  /** The beginning of the text, at most a megabyte, without a byte-order mark. */
  head: string;
  /** Byte offset of the first line end inside quotes, where there is one. */
  quotedNewline?: number;
}

export interface BytePass {
  /** Of the bytes as they landed, in hexadecimal. */
  sha256: string;
  bytes: number;
  /** What is wrong with the bytes, if anything is. */
  error?: IngestError;
  text: Text;
}

export interface BytePassOptions {
  gzip: boolean;
  /** Undefined for binary formats. */
  encoding?: Encoding | "auto";
  /** Where a UTF-8 copy goes, should one be needed. */
  scratch: string;
  /** How to find quotes, from the beginning of the text; undefined where the format has none. */
  dialect?: (head: string) => ScanDialect | undefined;
  /** The last character that a whole file ends in, white space aside. */
  closing?: string;
}

const headBytes = 1 << 20;

/**
 * Reads a landed file to its end, once and in bounded memory: hash, gzip to the end, encoding, quotes. A copy is written
 * only where the text is not UTF-8. Faults of the bytes are returned, so that the hash is known all the same.
 */
export async function readBytes(path: string, options: BytePassOptions): Promise<BytePass> {
  const hash = createHash("sha256");
  let bytes = 0;
  const text = new TextPass(path, options);
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) await text.push(chunk);
  };
  let error: IngestError | undefined;
  const file = () => createReadStream(path, {highWaterMark: 1 << 20});
  try {
    if (options.gzip) await pipeline(file(), count, createGunzip({chunkSize: 1 << 18}), consume);
    else await pipeline(file(), count, consume);
    await text.end();
  } catch (cause) {
    error = faultOf(cause);
    await text.abandon();
    if (error.code === "unreadable") throw error;
    // The hash names the file even when it is damaged, so that the same bytes are not tried again.
    const whole = createHash("sha256");
    bytes = 0;
    for await (const chunk of file()) {
      whole.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    return {sha256: whole.digest("hex"), bytes, error, text: text.result()};
  }
  return {sha256: hash.digest("hex"), bytes, error: await text.fault(), text: text.result()};
}

/** The text side of the pass: the head, the encoding's copy, quotes. */
class TextPass {
  private head: Buffer[] = [];
  private headLength = 0;
  private length = 0;
  private started = false;
  private decode?: ReturnType<typeof decoderOf>;
  private copy?: ReturnType<typeof createWriteStream>;
  private scanner?: QuoteScanner;
  private tail = "";

  constructor(
    private readonly path: string,
    private readonly options: BytePassOptions
  ) {}

  async push(chunk: Buffer): Promise<void> {
    this.length += chunk.length;
    if (this.started) return this.take(chunk);
    this.head.push(chunk);
    this.headLength += chunk.length;
    if (this.headLength >= headBytes) await this.start();
  }

  async end(): Promise<void> {
    if (!this.started) await this.start();
    await this.write(this.decode?.end());
    if (this.copy) {
      this.copy.end();
      await once(this.copy, "close");
    }
  }

  async abandon(): Promise<void> {
    if (!this.copy || this.copy.closed) return;
    this.copy.destroy();
    await once(this.copy, "close").catch(() => {});
  }

  async fault(): Promise<IngestError | undefined> {
    if (this.length === 0) return new IngestError("empty_file", "the file is empty");
    if (this.scanner?.open !== undefined) {
      const line = await lineAt(this.result(), this.scanner.open);
      return new IngestError("unterminated_quote", `a quote opens in line ${line} and never closes, if not one before`);
    }
    const {closing} = this.options;
    if (closing && this.text.trimStart().startsWith("[") && !this.tail.trimEnd().endsWith(closing)) {
      return new IngestError("broken_json", `the array does not end in ${closing}: the file is cut short`);
    }
    return undefined;
  }

  result(): Text {
    return {
      path: this.decode ? this.options.scratch : this.path,
      gzip: this.options.gzip && !this.decode,
      head: this.text,
      quotedNewline: this.scanner?.quotedNewline
    };
  }

  private text = "";

  private async start(): Promise<void> {
    this.started = true;
    const first = Buffer.concat(this.head);
    this.head = [];
    const {encoding, scratch, dialect} = this.options;
    if (encoding !== undefined) {
      const found = encoding === "auto" ? detectEncoding(first) : encoding;
      if (found !== "utf-8") {
        this.decode = decoderOf(found);
        this.copy = createWriteStream(scratch);
        await once(this.copy, "open");
      }
      const plain = found === "utf-8" ? first : decoderOf(found).push(first);
      this.text = plain
        .subarray(0, headBytes)
        .toString("utf8")
        .replace(/^\uFEFF/, "");
      const scan = dialect?.(this.text);
      if (scan?.quote) this.scanner = new QuoteScanner(scan);
    }
    await this.take(first);
  }

  private async take(chunk: Buffer): Promise<void> {
    await this.write(this.decode ? this.decode.push(chunk) : chunk);
  }

  private async write(chunk: Buffer | undefined): Promise<void> {
    if (!chunk || chunk.length === 0) return;
    this.scanner?.push(chunk);
    if (this.options.closing) this.tail = (this.tail + chunk.subarray(-64).toString("latin1")).slice(-64);
    if (this.copy && !this.copy.write(chunk)) await once(this.copy, "drain");
  }
}

function faultOf(cause: unknown): IngestError {
  const {code = "", message} = cause as NodeJS.ErrnoException;
  if (code.startsWith("Z_") || /unexpected end of file|incorrect|invalid/.test(message)) {
    return new IngestError("damaged_gzip", `the gzip file is cut short or damaged: ${message}`);
  }
  return new IngestError("unreadable", `the file cannot be read: ${code || message}`);
}
