/** The inverse of a small square matrix by Gauss–Jordan elimination with pivoting; undefined where it is singular. */
export function inverse(matrix: number[][]): number[][] | undefined {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < n; ++column) {
    let pivot = column;
    for (let i = column + 1; i < n; ++i) if (Math.abs(a[i]![column]!) > Math.abs(a[pivot]![column]!)) pivot = i;
    const divisor = a[pivot]![column]!;
    if (!(Math.abs(divisor) > 1e-300) || !Number.isFinite(divisor)) return undefined;
    [a[column], a[pivot]] = [a[pivot]!, a[column]!];
    const top = a[column]!.map((value) => value / divisor);
    a[column] = top;
    for (let i = 0; i < n; ++i) {
      const factor = a[i]![column]!;
      if (i !== column && factor !== 0) a[i] = a[i]!.map((value, j) => value - factor * top[j]!);
    }
  }
  return a.map((row) => row.slice(n));
}

/** The eigenvalues' extreme ratio of a symmetric positive matrix, by Jacobi rotations: its condition number. */
export function conditionNumber(matrix: number[][]): number {
  const a = matrix.map((row) => row.slice());
  const n = a.length;
  for (let sweep = 0; sweep < 50; ++sweep) {
    let off = 0;
    for (let p = 0; p < n; ++p) {
      for (let q = p + 1; q < n; ++q) {
        const apq = a[p]![q]!;
        off += apq * apq;
        if (apq === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; ++k) {
          const [kp, kq] = [a[k]![p]!, a[k]![q]!];
          a[k]![p] = c * kp - s * kq;
          a[k]![q] = s * kp + c * kq;
        }
        for (let k = 0; k < n; ++k) {
          const [pk, qk] = [a[p]![k]!, a[q]![k]!];
          a[p]![k] = c * pk - s * qk;
          a[q]![k] = s * pk + c * qk;
        }
      }
    }
    if (off < 1e-30) break;
  }
  const values = a.map((row, i) => row[i]!);
  return Math.max(...values) / Math.min(...values);
}

/** The lower triangle L with L Lᵀ = matrix; undefined where the matrix is not positive definite. */
export function cholesky(matrix: number[][]): number[][] | undefined {
  const n = matrix.length;
  const l = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j <= i; ++j) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; ++k) sum -= l[i]![k]! * l[j]![k]!;
      if (i === j && !(sum > 0)) return undefined;
      l[i]![j] = i === j ? Math.sqrt(sum) : sum / l[j]![j]!;
    }
  }
  return l;
}
