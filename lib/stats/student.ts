import {betaln, incompleteBeta} from "./beta.js";
import {normalQuantile} from "./normal.js";

/** The chance that Student's t with `df` degrees of freedom is at most t; `studentCdf(-t, df)` is the upper tail. */
export function studentCdf(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) return NaN;
  if (t === 0) return 0.5;
  const square = t * t;
  const tail = 0.5 * incompleteBeta(df / (df + square), df / 2, 0.5, square / (df + square));
  return t < 0 ? tail : 1 - tail;
}

/** The density of Student's t. */
export function studentPdf(t: number, df: number): number {
  return Math.exp(-0.5 * (df + 1) * Math.log1p((t * t) / df) - betaln(df / 2, 0.5)) / Math.sqrt(df);
}

/**
 * The t of which `studentCdf(t, df)` = p: bracketed on the lower tail, then Newton steps that fall back to halving, so
 * that it converges for every df > 0.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, df);
  if (p === 0) return -Infinity;
  let high = 0;
  let low = Math.min(-1, normalQuantile(p));
  while (studentCdf(low, df) > p) [high, low] = [low, 2 * low];
  let t = Math.max(low, Math.min(high, normalQuantile(p)));
  for (let i = 0; i < 200; ++i) {
    const excess = studentCdf(t, df) - p;
    if (excess > 0) high = t;
    else low = t;
    const newton = t - excess / studentPdf(t, df);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * Math.abs(t)) return next;
    t = next;
  }
  return t;
}
