import {utcText} from "../sql.js";
import type {Scalar} from "./subject.js";

/** Collects the values of SQL; equal ones share a parameter. */
export class Parameters {
  readonly values: Scalar[];
  private readonly places = new Map<Scalar, number>();

  /** Goes on from parameters that come before. */
  constructor(before: readonly Scalar[] = []) {
    this.values = [...before];
    this.values.forEach((value, i) => this.places.set(value, i + 1));
  }

  /** The SQL of a value as a parameter of a type: `$3::varchar`. */
  bind(value: Scalar, type: string): string {
    let place = this.places.get(value);
    if (place === undefined) this.places.set(value, (place = this.values.push(value)));
    return `$${place}::${type}`;
  }

  /** The SQL of an instant. */
  instant(date: Date): string {
    return this.bind(utcText(date), "timestamp");
  }
}
