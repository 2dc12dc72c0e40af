/**
 * The regular expression of what is shaped like a date: like one of the strptime patterns given, or, without, like any.
 * What has the shape and is no date all the same is an impossible one; what has not is of another type or format.
 */
export function dateShape(patterns: readonly string[]): string {
  if (patterns.length === 0) return String.raw`^\s*\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}`;
  return `^\\s*(${patterns.map(shapeOf).join("|")})\\s*$`;
}

const digits: Record<string, string> = {Y: "1,4", y: "2", j: "1,3", f: "1,9", g: "1,3", n: "1,9"};

function shapeOf(pattern: string): string {
  return pattern.replace(/%-?(.)|\s+|[.*+?^$(){}|[\]\\]/g, (token, code: string | undefined) => {
    if (code === undefined) return /\s/.test(token) ? "\\s+" : `\\${token}`;
    if (code === "%") return "%";
    if ("dmyYHIMSjfgn".includes(code)) return `\\d{${digits[code] ?? "1,2"}}`;
    return ".+";
  });
}
