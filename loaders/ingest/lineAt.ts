import {createReadStream} from "node:fs";
import {createGunzip} from "node:zlib";

/** The line, from 1, in which a byte of a text stands: read again, since lines are not counted as long as all is well. */
export async function lineAt({path, gzip}: {path: string; gzip: boolean}, position: number): Promise<number> {
  let [line, offset] = [1, 0];
  const file = createReadStream(path, {highWaterMark: 1 << 20});
  for await (const chunk of gzip ? file.pipe(createGunzip()) : file) {
    const bytes = (chunk as Buffer).subarray(0, position - offset);
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) ++line;
    offset += (chunk as Buffer).length;
    if (offset >= position) break;
  }
  file.destroy();
  return line;
}
