import type {WriteStream} from "node:tty";
import type {Progress} from "../engine/progress.js";

/** Progress for people: a bar on a terminal, plain lines elsewhere. */
export function terminalProgress(stream: WriteStream = process.stderr): Progress & {end(): void} {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: WriteStream): Progress & {end(): void} {
  let drawn = "";
  let at = 0;
  const clear = () => drawn && stream.write("\r\x1b[2K");
  const line = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    stream.write(drawn);
  };
  return {
    step(name, done, total) {
      const now = performance.now();
      if (now - at < 50 && done !== undefined && done !== total) return;
      at = now;
      const width = Math.max(20, stream.columns ?? 80) - 1;
      const share = total ? Math.min(1, (done ?? 0) / total) : undefined;
      const gauge =
        share === undefined ? "" : `${"█".repeat(Math.round(share * 20)).padEnd(20, "░")} ${percent(share)} `;
      clear();
      drawn = `${gauge}${name}`.slice(0, width);
      stream.write(drawn);
    },
    note: line,
    warn: (message) => line(`\x1b[33mwarning\x1b[39m ${message}`),
    end() {
      clear();
      drawn = "";
    }
  };
}

function lines(stream: WriteStream): Progress & {end(): void} {
  let last: string | undefined;
  return {
    step(name) {
      if (name !== last) stream.write(`${name}\n`);
      last = name;
    },
    note: (message) => void stream.write(`${message}\n`),
    warn: (message) => void stream.write(`warning: ${message}\n`),
    end() {}
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`.padStart(4);
}
