import {z} from "zod";

const named = ["iso", "epoch_s", "epoch_ms"];

/** How dates are written: `iso`, `epoch_s`, `epoch_ms`, or a strptime pattern such as `%d.%m.%Y %H:%M`. */
export const dateFormat = z.string().refine((format) => named.includes(format) || format.includes("%"), {
  error: ({input}) => `expected ${named.join(", ")} or a pattern such as ${patternLike(String(input))}, not "${input}"`
});

/**
 * The strptime pattern that a format in letters means: `dd.MM.yyyy HH:mm` is `%d.%m.%Y %H:%M`. Minutes are the letters
 * `m` that follow hours.
 */
export function patternLike(letters: string): string {
  const codes: Record<string, string> = {y: "%Y", d: "%d", h: "%H", s: "%S"};
  let hours = false;
  const pattern = letters.replace(/([yYdDhHsS]+|[mM]+)/g, (run) => {
    const letter = run[0]!.toLowerCase();
    if (letter === "h") hours = true;
    if (letter === "y" && run.length === 2) return "%y";
    return codes[letter] ?? (hours ? "%M" : "%m");
  });
  return /^(%[\w]|[-/., :T])+$/.test(pattern) ? `"${pattern}"` : '"%d.%m.%Y %H:%M"';
}
