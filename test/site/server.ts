import {createReadStream, existsSync, readFileSync, statSync} from "node:fs";
import {createServer, type Server} from "node:http";
import type {AddressInfo} from "node:net";
import {extname, join, normalize} from "node:path";
import {gzipSync} from "node:zlib";

export interface StaticServer {
  /** http://127.0.0.1:port */
  url: string;
  /** What was sent since the start, in bytes as transferred, by path. */
  sent: {path: string; bytes: number}[];
  close(): Promise<void>;
}

/** Serves a folder on loopback as the plainest static host would: files by their names, gzipped, with ranges. */
export async function serveFolder(folder: string): Promise<StaticServer> {
  const sent: StaticServer["sent"] = [];
  const packed = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, "http://localhost").pathname));
    const file = [path, join(path, "index.html")]
      .map((name) => join(folder, name))
      .find((name) => name.startsWith(folder) && existsSync(name) && statSync(name).isFile());
    if (!file) {
      response.writeHead(404, {"content-type": "text/plain"}).end("not found");
      return;
    }
    const type = types[extname(file)] ?? "application/octet-stream";
    const {size} = statSync(file);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (range) {
      const start = Number(range[1]);
      const end = Math.min(size - 1, range[2] ? Number(range[2]) : size - 1);
      response.writeHead(206, {
        "content-type": type,
        "content-range": `bytes ${start}-${end}/${size}`,
        "content-length": end - start + 1,
        "accept-ranges": "bytes"
      });
      sent.push({path, bytes: end - start + 1});
      createReadStream(file, {start, end}).pipe(response);
    } else if (compressible.has(extname(file)) && /gzip/.test(String(request.headers["accept-encoding"]))) {
      const version = `${file} ${statSync(file).mtimeMs}`;
      const body = packed.get(version) ?? gzipSync(readFileSync(file));
      packed.set(version, body);
      sent.push({path, bytes: body.length});
      response.writeHead(200, {"content-type": type, "content-encoding": "gzip", "content-length": body.length});
      response.end(request.method === "HEAD" ? undefined : body);
    } else {
      sent.push({path, bytes: size});
      response.writeHead(200, {"content-type": type, "content-length": size, "accept-ranges": "bytes"});
      if (request.method === "HEAD") response.end();
      else createReadStream(file).pipe(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    close: () => end(server)
  };
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".csv": "text/csv; charset=utf-8",
  ".tsv": "text/tab-separated-values; charset=utf-8",
  ".wasm": "application/wasm"
};

const compressible = new Set([".html", ".js", ".css", ".json", ".svg", ".csv", ".tsv", ".arrow"]);

function end(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
