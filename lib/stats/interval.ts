/** An estimate with the interval that holds it. */
export interface Interval {
  estimate: number;
  lower: number;
  upper: number;
}
