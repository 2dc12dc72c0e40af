const units = {kB: 1e3, MB: 1e6, GB: 1e9};

/** A size in bytes: of a number, or of a text such as "64 MB". */
export function parseSize(size: number | string): number {
  if (typeof size === "number") return size;
  const match = /^(\d+) ?(kB|MB|GB)$/.exec(size);
  if (!match) throw new Error(`not a size: ${size}`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}
